import { down, from, type RuleGroup, type Source } from '../../lib/graph/alert';

/** Metrics: danielqsj/kafka_exporter v1.9.0. It omits the leader metric of a partition without a leader. */
export const kafkaRules = (source: Source, brokers: number): RuleGroup[] => {
  const metric = (name: string, more = ''): string => `${name}{${from(source)}${more}}`;
  const partitions = `sum by (topic) (${metric('kafka_topic_partitions')})`;
  return [
    {
      name: 'kafka',
      rules: [
        down('KafkaDown', source, 'Kafka does not answer.', 'The exporter reaches no broker, or does not run.'),
        {
          alert: 'KafkaBrokerMissing',
          expr: `${metric('kafka_brokers')} < ${brokers}`,
          for: '5m',
          severity: 'warning',
          summary: 'A Kafka broker is missing.',
          description: `{{ $value }} of ${brokers} brokers are there.`,
        },
        {
          alert: 'KafkaPartitionsOffline',
          expr: `${partitions} - (count by (topic) (${metric('kafka_topic_partition_leader')}) or 0 * ${partitions}) > 0`,
          for: '1m',
          severity: 'critical',
          summary: 'Topic {{ $labels.topic }} can be neither written nor read.',
          description: '{{ $value }} of its partitions have no leader.',
        },
        {
          alert: 'KafkaPartitionsUnderReplicated',
          expr: `sum by (topic) (${metric('kafka_topic_partition_under_replicated_partition')}) > 0`,
          for: '10m',
          severity: 'warning',
          summary: 'Topic {{ $labels.topic }} has fewer copies than it should.',
          description: '{{ $value }} of its partitions are under-replicated.',
        },
        {
          alert: 'KafkaConsumerLagging',
          // The lag of drift detectors has an alert of its own.
          expr: `sum by (consumergroup, topic) (${metric('kafka_consumergroup_lag', ',consumergroup!~"drift-.+"')}) > 10000`,
          for: '15m',
          severity: 'warning',
          summary: 'Consumer group {{ $labels.consumergroup }} does not keep up.',
          description: 'It is {{ $value | humanize }} messages behind in topic {{ $labels.topic }}.',
        },
      ],
    },
  ];
};
