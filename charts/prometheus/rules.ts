import type { ExternalServer } from '../../lib/config/claims';
import { authority } from '../../lib/config/rules/external-servers';
import { finding, missing, type Rule } from '../../lib/config/rule';
import { scraperNamespace } from './connections';
import type { Receiver } from './receivers';

/** The part of the config that the rules read. */
interface Config {
  readonly services: {
    readonly prometheus:
      | false
      | {
          readonly receivers: readonly Receiver[];
          readonly external?: { readonly url: string; readonly namespace?: string };
        };
  };
  readonly models: readonly { readonly name: string }[];
}

/** Receivers have unique names and select only existing models. */
export const receiversOnce: Rule<Config> = ({ services: { prometheus }, models }, { isSure }) => {
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

/** Network policies must know whom to let in to the metrics. */
export const scraperKnown: Rule<Pick<Config, 'services'> & { readonly networkPolicies: false | object }> = ({
  services: { prometheus },
  networkPolicies,
}) => {
  if (networkPolicies === false || prometheus === false || prometheus.external === undefined) return [];
  if (scraperNamespace(prometheus) !== undefined) return [];
  const path = ['services', 'prometheus', 'external'];
  const rule =
    'is needed where the URL is not of the cluster: the namespace of its pods, which network policies let in to the metrics (write e.g. "monitoring")';
  return [missing([...path, 'namespace'], rule, [...path, 'url'], ['networkPolicies'])];
};

/** Servers that Grafana and Alertmanager connect to. */
export function externalServers({ services: { prometheus } }: Pick<Config, 'services'>): ExternalServer[] {
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
