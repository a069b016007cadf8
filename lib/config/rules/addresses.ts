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
  const { minio, mlflow, istio, prefect, prometheus } = services;
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

/** Servers of your own: two kinds of server cannot answer at the same address. */
const externalAddressesOnce: Rule = ({ services: { postgresql, minio, kafka } }, { isSure }) => {
  const external = <T>(service: false | { external?: T }): T | undefined =>
    service === false ? undefined : service.external;
  const databases = (['mlflow', 'prefect'] as const).flatMap((user): Claim[] => {
    const database = external(postgresql)?.[user];
    const path = ['services', 'postgresql', 'external', user, 'port'];
    return database === undefined ? [] : [{ path, value: `${database.host}:${database.port}` }];
  });
  const store = external(minio)?.endpoint;
  const brokers = (external(kafka)?.bootstrapServers ?? []).map((server, index) => ({
    path: ['services', 'kafka', 'external', 'bootstrapServers', index],
    value: server,
  }));
  const stores =
    store === undefined ? [] : [{ path: ['services', 'minio', 'external', 'endpoint'], value: authority(store) }];
  // MLflow's database and Prefect's may be on one server; a broker that is listed twice is said to be so already.
  const once = (claims: readonly Claim[]): Claim[] =>
    claims.filter(({ value }, index) => claims.findIndex((claim) => claim.value === value) === index);
  return twice(
    isSure,
    [...once(databases), ...stores, ...once(brokers)],
    (first) => `${first} leads to the same address (write the address of each server)`,
  );
};

function authority(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

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

export const addressRules: readonly Rule[] = [ingressHostsOnce, externalAddressesOnce, listedOnce];
