import type { PlatformConfig } from '../parse';
import { formatPath, type Path } from '../path';
import type { HttpExposure } from '../schema';
import { finding, type Evidence, type Finding, type Rule } from './rule';

/** Something that may be there only once. */
interface Claim {
  readonly path: Path;
  readonly value: string;
}

/** Every exposure over HTTP of what is installed, with its path. */
export function httpExposures({ services }: PlatformConfig): { path: Path; external: Path; expose: HttpExposure }[] {
  const { minio, mlflow, istio, prefect, prometheus, grafana } = services;
  const at = (service: string, key: string, expose: HttpExposure) => ({
    path: ['services', service, key],
    external: ['services', service, 'external'],
    expose,
  });
  return [
    ...(minio === false || minio.external !== undefined
      ? []
      : [at('minio', 'expose', minio.expose), at('minio', 'console', minio.console)]),
    ...(mlflow === false ? [] : [at('mlflow', 'expose', mlflow.expose)]),
    ...(istio === false || istio.external !== undefined ? [] : [at('istio', 'expose', istio.expose)]),
    ...(prefect === false ? [] : [at('prefect', 'expose', prefect.expose)]),
    ...(prometheus === false || prometheus.external !== undefined
      ? []
      : [at('prometheus', 'expose', prometheus.expose), at('prometheus', 'alertmanager', prometheus.alertmanager)]),
    ...(grafana === false ? [] : [at('grafana', 'expose', grafana.expose)]),
  ];
}

const ingressHostsOnce: Rule = (config, { isSure }) =>
  twice(
    isSure,
    httpExposures(config).flatMap(({ path, expose }) =>
      expose.type === 'ingress' ? [{ path: [...path, 'host'], value: expose.host }] : [],
    ),
    (first) => `${first} has this host already (give each service a host of its own)`,
  );

/** A server of your own: where it is written, and as `host:port`. */
interface Server extends Claim {
  readonly kind: 'database' | 'store' | 'broker';
}

function externalServers({ services: { postgresql, minio, kafka } }: PlatformConfig): Server[] {
  const external = <T>(service: false | { external?: T }): T | undefined =>
    service === false ? undefined : service.external;
  const databases = (['mlflow', 'prefect'] as const).flatMap((user): Server[] => {
    const database = external(postgresql)?.[user];
    const path = ['services', 'postgresql', 'external', user, 'host'];
    return database === undefined ? [] : [{ kind: 'database', path, value: `${database.host}:${database.port}` }];
  });
  const store = external(minio)?.endpoint;
  const brokers = (external(kafka)?.bootstrapServers ?? []).map((value, index): Server => {
    return { kind: 'broker', path: ['services', 'kafka', 'external', 'bootstrapServers', index], value };
  });
  const path = ['services', 'minio', 'external', 'endpoint'];
  return [
    ...databases,
    ...(store === undefined ? [] : [{ kind: 'store', path, value: authority(store) } as const]),
    ...brokers,
  ];
}

function authority(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

/** What Grafana and Alertmanager talk to. */
function externalPages({ services: { prometheus } }: PlatformConfig): Claim[] {
  if (prometheus === false) return [];
  const path = ['services', 'prometheus'];
  const { external, receivers } = prometheus;
  return [
    ...(external === undefined ? [] : [{ path: [...path, 'external', 'url'], value: authority(external.url) }]),
    ...receivers.flatMap((receiver, index) =>
      receiver.type === 'webhook' || receiver.type === 'heartbeat'
        ? [{ path: [...path, 'receivers', index, 'url'], value: authority(receiver.url) }]
        : [],
    ),
  ];
}

/** Two kinds of server cannot answer at the same address. */
const externalAddressesOnce: Rule = (config, { isSure }) => {
  const servers = externalServers(config);
  // MLflow's database and Prefect's may be on one server; a broker that is listed twice is said to be so already.
  const claims = servers.filter(
    ({ kind, value }, index) => servers.findIndex((other) => other.kind === kind && other.value === value) === index,
  );
  return twice(isSure, claims, (first) => `${first} leads to the same address (write the address of each server)`);
};

/** A full name in the cluster's DNS ends in the cluster's domain. */
const externalNamesInDomain: Rule = (config) => {
  const { domain } = config.cluster;
  return [...externalServers(config), ...externalPages(config)].flatMap(({ path, value }) => {
    const [, other] = /^[^.]+\.[^.]+\.svc\.(.+):\d+$/.exec(value) ?? [];
    if (other === undefined || other === domain) return [];
    const rule = `is in the cluster domain ${other}, but cluster.domain is ${domain} (make them the same)`;
    return [finding(path, value, rule, ['cluster', 'domain'])];
  });
};

/** Lists in which a second mention is a mistake. */
const listedOnce: Rule = ({ services: { kafka }, models, images }, { isSure }) => {
  const list = (path: Path, values: readonly string[]): Finding[] =>
    twice(
      isSure,
      values.map((value, index) => ({ path: [...path, index], value })),
      (first) => `${first} is the same (remove one of the two)`,
    );
  const brokerHosts =
    kafka !== false && kafka.external === undefined && kafka.expose.type === 'loadBalancer'
      ? kafka.expose.brokerHosts
      : [];
  const servers = kafka !== false && kafka.external !== undefined ? kafka.external.bootstrapServers : [];
  return [
    ...list(['services', 'kafka', 'expose', 'brokerHosts'], brokerHosts),
    ...list(['services', 'kafka', 'external', 'bootstrapServers'], servers),
    ...models.flatMap(({ drift }, index) => [
      ...list(['models', index, 'drift', 'detectors'], drift?.detectors ?? []),
      ...list(['models', index, 'drift', 'dropColumns'], drift?.dropColumns ?? []),
    ]),
    ...list(['images', 'pullSecrets'], images.pullSecrets),
  ];
};

function twice(isSure: Evidence['isSure'], claims: readonly Claim[], rule: (first: string) => string): Finding[] {
  const taken = new Map<string, Path>();
  return claims.flatMap(({ path, value }) => {
    if (!isSure(path)) return [];
    const first = taken.get(value);
    taken.set(value, first ?? path);
    return first === undefined ? [] : [finding(path, value, rule(formatPath(first)))];
  });
}

export const addressRules: readonly Rule[] = [
  ingressHostsOnce,
  externalAddressesOnce,
  externalNamesInDomain,
  listedOnce,
];
