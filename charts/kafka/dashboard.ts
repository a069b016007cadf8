import type { Row } from '../../lib/graph/dashboard';

/** The row of Kafka on the platform's dashboard. */
export const kafkaRow: Row = {
  title: 'Kafka',
  panels: [
    {
      title: 'Messages',
      unit: 'cps',
      queries: { 'sum by (topic) (rate(kafka_topic_partition_current_offset[5m]))': '{{topic}}' },
    },
    {
      title: 'Lag of consumer groups',
      queries: { 'sum by (consumergroup) (kafka_consumergroup_lag)': '{{consumergroup}}' },
    },
    {
      title: 'Under-replicated partitions',
      queries: { 'sum(kafka_topic_partition_under_replicated_partition)': 'partitions' },
    },
  ],
};
