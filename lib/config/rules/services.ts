import { formatPath, hasKey, valueAt, type Path } from '../path';
import type { PlatformConfig } from '../parse';
import { servedIn } from './models';
import { enumerate, finding, type Rule, type ServiceName } from './rule';

interface Need {
  readonly user: Path;
  readonly name: string;
  readonly providers: readonly ServiceName[];
}

/** What cannot work without what. Installed or your own makes no difference. */
function needsOf({ services, models }: PlatformConfig): Need[] {
  const service = (name: ServiceName, ...providers: ServiceName[]): Need[] =>
    services[name] === false ? [] : [{ user: ['services', name], name, providers }];
  const first = (key: 'drift' | 'stream' | 'retrain', ...providers: ServiceName[]): Need[] => {
    const index = models.findIndex((model) => model[key] !== undefined);
    return index < 0 ? [] : [{ user: ['models', index, key], name: `models[${index}].${key}`, providers }];
  };
  const registered = models.flatMap((model, index) =>
    servedIn(model, ['models', index]).flatMap(({ path, served }) =>
      served.registeredModel === undefined ? [] : [[...path, 'registeredModel']],
    ),
  );
  return [
    ...service('mlflow', 'postgresql', 'minio'),
    ...service('seldon', 'istio'),
    ...service('grafana', 'prometheus'),
    ...(models.length === 0 ? [] : [{ user: ['models'], name: 'models', providers: ['seldon', 'minio'] as const }]),
    ...registered.slice(0, 1).map((path): Need => ({ user: path, name: formatPath(path), providers: ['mlflow'] })),
    ...first('stream', 'kafka'),
    ...first('drift', 'drift', 'kafka', 'mlflow', 'minio'),
    ...first('retrain', 'prefect', 'prometheus'),
  ];
}

const neededServices: Rule = (config) => {
  const needs = needsOf(config);
  const providers = [...new Set(needs.flatMap((need) => need.providers))];
  return providers.flatMap((provider) => {
    const users = needs.filter((need) => need.providers.includes(provider));
    if (config.services[provider] !== false) return [];
    const verb = users.length > 1 || users[0]?.name === 'models' ? 'need' : 'needs';
    const rule = `${enumerate(users.map(({ name }) => name))} ${verb} it (leave it on, or leave out what needs it)`;
    return [finding(['services', provider], false, rule, ...users.map(({ user }) => user))];
  });
};

/** An output without objects would empty the folder of manifests. */
const somethingInstalled: Rule = (config, { written }) => {
  const { minio, istio, kafka, mlflow, seldon, prefect, prometheus, grafana } = config.services;
  const own = [minio, istio, kafka].some((service) => service !== false && service.external === undefined);
  const others = [mlflow, seldon, prefect, prometheus, grafana].some((service) => service !== false);
  if (own || others || config.cluster.nfs !== undefined) return [];
  const path = ['services'];
  const rule = 'leaves nothing to install (leave at least one service on)';
  const because = Object.keys(config.services).map((name) => [...path, name]);
  return [finding(path, valueAt(written, path), rule, ['cluster', 'nfs'], ...because)];
};

/** With an `external` nothing is installed that its neighbours could be about. */
const nothingBesideExternal: Rule = (_config, { written }) =>
  (['minio', 'istio', 'prometheus', 'kafka'] as const).flatMap((name) => {
    const service = valueAt(written, ['services', name]);
    if (!hasKey(service, 'external')) return [];
    return Object.entries(service).flatMap(([key, value]) => {
      if (key === 'external' || !(key in (beside[name] ?? {}))) return [];
      const path = ['services', name, key];
      return [{ ...finding(path, value, `has no effect beside services.${name}.external (remove it)`), because: [] }];
    });
  });

/** Settings of what is installed. Any other key is unknown, which is said already. */
const beside: Partial<Record<ServiceName, Record<string, true>>> = {
  minio: { expose: true, console: true },
  istio: { expose: true, egressGateway: true },
  prometheus: { expose: true, alertmanager: true, retention: true, receivers: true },
  kafka: { expose: true, replicationFactor: true },
};

const externalDatabases: Rule = ({ services }, { written }) => {
  if (services.postgresql === false || services.postgresql.external === undefined) return [];
  const path = ['services', 'postgresql', 'external'];
  const databases = services.postgresql.external;
  if (databases.mlflow === undefined && databases.prefect === undefined) {
    const rule = 'must name a database for mlflow, prefect or both (write e.g. { mlflow: { … } }, or remove it)';
    return [finding(path, valueAt(written, path), rule, [...path, 'mlflow'], [...path, 'prefect'])];
  }
  return (['mlflow', 'prefect'] as const)
    .filter((user) => databases[user] !== undefined && services[user] === false)
    .map((user) => {
      const rule = `has no effect while services.${user} is false (remove it)`;
      return finding([...path, user], valueAt(written, [...path, user]), rule, ['services', user]);
    });
};

const receivers: Rule = ({ services: { prometheus }, models }, { isSure }) => {
  if (prometheus === false) return [];
  const path = ['services', 'prometheus', 'receivers'];
  const known = new Set(models.map(({ name }) => name));
  const firstOf = new Map<string, number>();
  return prometheus.receivers.flatMap((receiver, index) => {
    const isNamed = isSure([...path, index, 'name']);
    const first = firstOf.get(receiver.name);
    if (isNamed) firstOf.set(receiver.name, first ?? index);
    const twice = `services.prometheus.receivers[${first ?? 0}] has this name already (choose another one)`;
    return [
      ...(first === undefined || !isNamed ? [] : [finding([...path, index, 'name'], receiver.name, twice)]),
      ...(('models' in receiver && receiver.models) || []).flatMap((name, at) =>
        known.has(name)
          ? []
          : [
              finding([...path, index, 'models', at], name, 'is not the name of a model (write one of models)', [
                'models',
              ]),
            ],
      ),
    ];
  });
};

export const serviceRules: readonly Rule[] = [
  neededServices,
  somethingInstalled,
  nothingBesideExternal,
  externalDatabases,
  receivers,
];
