import { formatPath, type Path } from '../../lib/config/path';
import type { NodePort } from '../../lib/config/claims';
import { writtenPort } from '../../lib/config/rules/exposures';
import { listedOnce } from '../../lib/config/rules/once';
import { finding, sourcesOf, type Rule } from '../../lib/config/rule';
import type { Sizes } from '../../lib/config/sizes';
import { brokerPorts, type KafkaExposure } from './exposure';

/** The part of the config that the rules read. */
interface Config {
  readonly services: {
    readonly kafka:
      | false
      | {
          readonly expose: KafkaExposure;
          readonly replicationFactor?: number;
          readonly external?: { readonly bootstrapServers: readonly string[] };
        };
  };
  readonly sizes: Sizes<'kafka'>;
}

const installed = ({ services: { kafka } }: Config) =>
  kafka === false || kafka.external !== undefined ? undefined : kafka;

/** The fields that decide the number of brokers. */
const brokerCount = (written: unknown): readonly Path[] => [
  ...sourcesOf(written, 'kafka', 'replicas'),
  ['services', 'kafka', 'external'],
];

const replicationFactor: Rule<Config> = (config, { written }) => {
  const factor = installed(config)?.replicationFactor;
  const brokers = config.sizes.kafka.replicas;
  if (factor === undefined || factor <= brokers) return [];
  const rule = `must not be above the number of brokers, ${brokers} (lower it, or raise size.overrides.kafka.replicas)`;
  return [finding(['services', 'kafka', 'replicationFactor'], factor, rule, ...brokerCount(written))];
};

const addressPerBroker: Rule<Config> = (config, { written }) => {
  const expose = installed(config)?.expose;
  const brokers = config.sizes.kafka.replicas;
  if (expose === undefined || expose.type === 'cluster') return [];
  const [key, entries] =
    expose.type === 'nodePort' ? ['brokerPorts', expose.brokerPorts] : ['brokerHosts', expose.brokerHosts];
  if (entries === undefined || entries.length === brokers) return [];
  const path = ['services', 'kafka', 'expose'];
  const change = entries.length < brokers ? `add ${brokers - entries.length}` : `remove ${entries.length - brokers}`;
  const each = brokers === 1 ? 'one entry for the only broker' : `one entry for each of the ${brokers} brokers`;
  return [
    finding([...path, key], entries, `must have ${each} (${change})`, [...path, 'type'], ...brokerCount(written)),
  ];
};

const quorum: Rule<Config> = (config, { written }) => {
  const brokers = config.sizes.kafka.replicas;
  if (installed(config) === undefined || [1, 3].includes(brokers)) return [];
  const rule = 'must be 1 or 3: every broker is a voter of the quorum (write 3)';
  return [finding(['size', 'overrides', 'kafka', 'replicas'], brokers, rule, ...brokerCount(written))];
};

const brokersOnce: Rule<Config> = ({ services: { kafka } }, evidence) => {
  if (kafka === false) return [];
  if (kafka.external !== undefined) {
    return listedOnce(['services', 'kafka', 'external', 'bootstrapServers'], kafka.external.bootstrapServers, evidence);
  }
  return kafka.expose.type === 'loadBalancer'
    ? listedOnce(['services', 'kafka', 'expose', 'brokerHosts'], kafka.expose.brokerHosts, evidence)
    : [];
};

export const kafkaRules = [brokersOnce, replicationFactor, addressPerBroker, quorum] as const;

/** The node ports for bootstrapping and for each broker. */
export function kafkaNodePorts(config: Config, written: unknown): NodePort[] {
  const expose = installed(config)?.expose;
  if (expose?.type !== 'nodePort') return [];
  const path = ['services', 'kafka', 'expose'];
  const bootstrap = [...path, 'bootstrapPort'];
  const because = [[...path, 'type'], [...path, 'brokerPorts'], ...brokerCount(written)];
  // Another rule reports more than three brokers; their ports would only lengthen the list.
  const ports = brokerPorts(expose, Math.min(3, config.sizes.kafka.replicas));
  const brokers = ports.map((port, broker): NodePort => {
    if (expose.brokerPorts !== undefined) return writtenPort(port, [...path, 'brokerPorts', broker], because);
    return {
      ...{ port, path: bootstrap, value: expose.bootstrapPort, because },
      owner: `broker ${broker} of ${formatPath(bootstrap)}`,
      advice: 'choose another bootstrapPort, or set brokerPorts',
    };
  });
  return [writtenPort(expose.bootstrapPort, bootstrap, because), ...brokers];
}
