import type { PlatformConfig } from '../parse';
import type { Path } from '../path';
import { finding, sourceOf, type Rule } from './rule';

type InstalledKafka = Exclude<PlatformConfig['services']['kafka'], false>;

const installed = ({ services: { kafka } }: PlatformConfig): InstalledKafka | undefined =>
  kafka === false || kafka.external !== undefined ? undefined : kafka;

/** What the number of brokers is concluded from. */
export const brokerCount = (written: unknown): readonly Path[] => [
  sourceOf(written, 'kafka', 'replicas'),
  ['size', 'overrides', 'kafka', 'replicas'],
  ['services', 'kafka', 'external'],
];

const replicationFactor: Rule = (config, { written }) => {
  const factor = installed(config)?.replicationFactor;
  const brokers = config.sizes.kafka.replicas;
  if (factor === undefined || factor <= brokers) return [];
  const rule = `must not be above the number of brokers, ${brokers} (lower it, or raise size.overrides.kafka.replicas)`;
  return [finding(['services', 'kafka', 'replicationFactor'], factor, rule, ...brokerCount(written))];
};

const addressPerBroker: Rule = (config, { written }) => {
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

const quorum: Rule = (config, { written }) => {
  const brokers = config.sizes.kafka.replicas;
  if (installed(config) === undefined || [1, 3].includes(brokers)) return [];
  const rule = 'must be 1 or 3: every broker is a voter of the quorum (write 3)';
  return [finding(['size', 'overrides', 'kafka', 'replicas'], brokers, rule, ...brokerCount(written))];
};

export const kafkaRules: readonly Rule[] = [replicationFactor, addressPerBroker, quorum];
