import { imagePins } from '../../charts/versions';
import { newestKubernetes } from '../helm/binary';
import { amountOf } from '../quantity';
import { didYouMean } from '../schema/closest';
import { problem } from './issues';
import type { PlatformConfig } from './parse';
import type { HttpExposure } from './schema';
import { singletons, storing, type Component, type ComponentSize } from './sizes';

type Rule = (config: PlatformConfig) => string[];

/** Rules that look at more than one field. Every violation at once. */
export function crossFieldProblems(config: PlatformConfig): string[] {
  return rules.flatMap((rule) => rule(config));
}

const oldestKubernetes = '1.27';
const minor = (version: string): number => Number(version.split('.')[1]);

const supportedKubernetes: Rule = ({ cluster: { kubernetesVersion: version } }) =>
  minor(version) >= minor(oldestKubernetes) && minor(version) <= minor(newestKubernetes)
    ? []
    : [problem(['cluster', 'kubernetesVersion'], version, `must be from ${oldestKubernetes} to ${newestKubernetes}`)];

type ServiceName = keyof PlatformConfig['services'];

/** What cannot work without what. Installed or your own makes no difference. */
function needs({ services, models }: PlatformConfig): { by: string; provider: ServiceName }[] {
  const need = (by: string, ...providers: ServiceName[]): { by: string; provider: ServiceName }[] =>
    providers.map((provider) => ({ by, provider }));
  return [
    ...(services.mlflow === false ? [] : need('mlflow', 'postgresql', 'minio')),
    ...(services.seldon === false ? [] : need('seldon', 'istio')),
    ...(models.length === 0 ? [] : need('models', 'seldon', 'minio')),
    ...(models.some(({ drift }) => drift !== undefined)
      ? need('models[].drift', 'drift', 'kafka', 'mlflow', 'minio')
      : []),
  ];
}

const neededServices: Rule = (config) => {
  const lacking = new Map<ServiceName, string[]>();
  for (const { by, provider } of needs(config)) {
    if (config.services[provider] === false) lacking.set(provider, [...(lacking.get(provider) ?? []), by]);
  }
  return [...lacking].map(([provider, users]) =>
    problem(
      ['services', provider],
      false,
      `${list(users)} ${users.length > 1 ? 'need' : 'needs'} it (leave it on, or switch off what needs it)`,
    ),
  );
};

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

const modelsOnce: Rule = ({ models }) =>
  models.flatMap(({ name }, index) => {
    const first = models.findIndex((model) => model.name === name);
    return first === index ? [] : [problem(['models', index, 'name'], name, `models[${first}] has this name already`)];
  });

const modelProtocols: Rule = ({ models }) =>
  models.flatMap(({ server, protocol }, index) =>
    protocol === 'v1' && (server === 'huggingface' || server === 'triton')
      ? [problem(['models', index, 'protocol'], protocol, `the ${server} server speaks only v2`)]
      : [],
  );

const singleReplicas: Rule = ({ sizes }) =>
  (Object.entries(singletons) as [Component, string][]).flatMap(([component, reason]) =>
    sizes[component].replicas === 1
      ? []
      : [problem(['size', 'overrides', component, 'replicas'], sizes[component].replicas, `must be 1: ${reason}`)],
  );

const kafkaQuorum: Rule = ({ sizes: { kafka }, services }) =>
  services.kafka === false || services.kafka.external !== undefined || [1, 3].includes(kafka.replicas)
    ? []
    : [
        problem(
          ['size', 'overrides', 'kafka', 'replicas'],
          kafka.replicas,
          'must be 1 or 3: every broker is a voter of the quorum',
        ),
      ];

const disksOnlyWhereKept: Rule = ({ sizes }) =>
  (Object.entries(sizes) as [Component, { disk?: string }][]).flatMap(([component, { disk }]) =>
    disk === undefined || storing.includes(component)
      ? []
      : [problem(['size', 'overrides', component, 'disk'], disk, 'this component keeps nothing on a disk (remove it)')],
  );

const requestsWithinLimits: Rule = ({ sizes, models }) => [
  ...Object.entries(sizes).flatMap(([component, size]) => aboveLimit(['size', 'overrides', component], size)),
  ...models.flatMap(({ resources }, index) =>
    aboveLimit(['models', index, 'resources'], { ...sizes.modelServer, ...resources }),
  ),
];

function aboveLimit(path: readonly (string | number)[], size: ComponentSize): string[] {
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const limit = size[`${resource}Limit`];
    return amountOf(size[resource]) > amountOf(limit)
      ? [
          problem(
            [...path, resource],
            size[resource],
            `must not be above its limit of ${limit} (raise ${resource}Limit too)`,
          ),
        ]
      : [];
  });
}

const kafkaBrokers: Rule = ({ services, sizes }) => {
  if (services.kafka === false || services.kafka.external !== undefined) return [];
  const { expose, replicationFactor } = services.kafka;
  const brokers = sizes.kafka.replicas;
  const problems: string[] = [];
  if (replicationFactor !== undefined && replicationFactor > brokers) {
    const path = ['services', 'kafka', 'replicationFactor'];
    problems.push(
      problem(
        path,
        replicationFactor,
        `must not be above the number of brokers, ${brokers} (lower it, or raise size.overrides.kafka.replicas)`,
      ),
    );
  }
  const perBroker =
    expose.type === 'nodePort' ? expose.brokerPorts : expose.type === 'loadBalancer' ? expose.brokerHosts : undefined;
  if (perBroker !== undefined && perBroker.length !== brokers) {
    const key = expose.type === 'nodePort' ? 'brokerPorts' : 'brokerHosts';
    problems.push(
      problem(
        ['services', 'kafka', 'expose', key],
        perBroker,
        `must have one entry for each of the ${brokers} brokers`,
      ),
    );
  }
  return problems;
};

/** Every node port that the config takes, with the path that takes it. */
function nodePorts({ services, sizes }: PlatformConfig): { path: (string | number)[]; port: number }[] {
  const http = (path: string[], exposure: HttpExposure): { path: string[]; port: number }[] =>
    exposure.type === 'nodePort' ? [{ path: ['services', ...path, 'port'], port: exposure.port }] : [];
  const { minio, mlflow, istio, prefect, prometheus, kafka } = services;
  return [
    ...(minio !== false && minio.external === undefined
      ? [...http(['minio', 'expose'], minio.expose), ...http(['minio', 'console'], minio.console)]
      : []),
    ...(mlflow === false ? [] : http(['mlflow', 'expose'], mlflow.expose)),
    ...(istio !== false && istio.external === undefined ? http(['istio', 'expose'], istio.expose) : []),
    ...(prefect === false ? [] : http(['prefect', 'expose'], prefect.expose)),
    ...(prometheus !== false && prometheus.external === undefined
      ? [
          ...http(['prometheus', 'expose'], prometheus.expose),
          ...http(['prometheus', 'alertmanager'], prometheus.alertmanager),
        ]
      : []),
    ...(kafka !== false && kafka.external === undefined && kafka.expose.type === 'nodePort'
      ? kafkaPorts(kafka.expose, sizes.kafka.replicas)
      : []),
  ];
}

function kafkaPorts(expose: { bootstrapPort: number; brokerPorts?: number[] }, brokers: number) {
  const path = ['services', 'kafka', 'expose'];
  const ports = expose.brokerPorts ?? Array.from({ length: brokers }, (_, broker) => expose.bootstrapPort + 1 + broker);
  return [
    { path: [...path, 'bootstrapPort'], port: expose.bootstrapPort },
    ...ports.map((port, index) => ({ path: [...path, 'brokerPorts', index], port })),
  ];
}

const nodePortsOnce: Rule = (config) => {
  const taken = new Map<number, string>();
  return nodePorts(config).flatMap(({ path, port }) => {
    const owner = taken.get(port);
    taken.set(port, owner ?? path.join('.'));
    if (port > 32767)
      return [
        problem(path, port, 'must be a node port from 30000 to 32767 (set brokerPorts, or a lower bootstrapPort)'),
      ];
    return owner === undefined ? [] : [problem(path, port, `${owner} has this node port already`)];
  });
};

const knownImages: Rule = ({ images }) =>
  Object.entries(images.overrides).flatMap(([name, reference]) => {
    if (Object.hasOwn(imagePins, name)) return [];
    const near = didYouMean(name, Object.keys(imagePins)) || ` (known are ${Object.keys(imagePins).join(', ')})`;
    return [problem(['images', 'overrides', name], reference, `no image of the platform has this name${near}`)];
  });

const externalDatabases: Rule = ({ services }) => {
  if (services.postgresql === false || services.postgresql.external === undefined) return [];
  const { mlflow, prefect } = services.postgresql.external;
  const path = ['services', 'postgresql', 'external'];
  if (mlflow === undefined && prefect === undefined)
    return [problem(path, {}, 'must name a database for mlflow, prefect or both')];
  return [];
};

const storageClassOnce: Rule = ({ cluster }) =>
  cluster.nfs !== undefined && cluster.storageClass !== undefined && cluster.storageClass !== cluster.nfs.storageClass
    ? [
        problem(
          ['cluster', 'storageClass'],
          cluster.storageClass,
          `differs from cluster.nfs.storageClass, "${cluster.nfs.storageClass}" (remove one of the two)`,
        ),
      ]
    : [];

const rules: readonly Rule[] = [
  supportedKubernetes,
  storageClassOnce,
  neededServices,
  externalDatabases,
  nodePortsOnce,
  kafkaBrokers,
  kafkaQuorum,
  singleReplicas,
  disksOnlyWhereKept,
  requestsWithinLimits,
  modelsOnce,
  modelProtocols,
  knownImages,
];
