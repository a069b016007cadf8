import { anyOf, from, silent, type Alert, type RuleGroup, type Source } from '../../lib/graph/alert';

const down = (alert: string, source: Source, summary: string, description: string): Alert => ({
  alert,
  expr: silent(source),
  for: '5m',
  severity: 'critical',
  summary,
  description,
});

export const mlflowRules = (source: Source): RuleGroup[] => [
  {
    name: 'mlflow',
    rules: [
      down('MlflowDown', source, 'MLflow does not answer.', 'None of its pods answers Prometheus.'),
      {
        alert: 'MlflowErrorRateHigh',
        expr:
          `sum(rate(mlflow_http_request_total{${from(source)},status=~"5.."}[5m])) ` +
          `/ sum(rate(mlflow_http_request_total{${from(source)}}[5m])) > 0.05`,
        for: '10m',
        severity: 'warning',
        summary: 'MLflow answers too many requests with an error.',
        description: '{{ $value | humanizePercentage }} of its requests of the last five minutes failed.',
      },
    ],
  },
];

/** Prefect 2.10.4 publishes no metrics: its API is asked by a probe. */
export const prefectRules = (job: string): RuleGroup[] => [
  {
    name: 'prefect',
    rules: [
      {
        alert: 'PrefectDown',
        expr: `probe_success{job="${job}"} == 0 or absent(probe_success{job="${job}"})`,
        for: '5m',
        severity: 'critical',
        summary: "Prefect's server does not answer.",
        description: 'GET {{ $labels.instance }} failed for five minutes.',
      },
    ],
  },
];

export const minioRules = (source: Source): RuleGroup[] => [
  {
    name: 'minio',
    rules: [
      down('MinioDown', source, 'The object store does not answer.', 'MinIO publishes no metrics.'),
      {
        alert: 'MinioDriveOffline',
        expr: `minio_cluster_drive_offline_total{${from(source)}} > 0`,
        for: '5m',
        severity: 'critical',
        summary: 'A drive of the object store is offline.',
        description: '{{ $value }} drives do not work.',
      },
      {
        alert: 'MinioFilling',
        expr:
          `minio_cluster_capacity_usable_free_bytes{${from(source)}} ` +
          `/ minio_cluster_capacity_usable_total_bytes{${from(source)}} < 0.1`,
        for: '15m',
        severity: 'warning',
        summary: 'The object store is nearly full.',
        description: '{{ $value | humanizePercentage }} of it are free.',
      },
    ],
  },
];

/** The same for all servers. Each is told by the job of its exporter. */
export function postgresqlRules(sources: readonly Source[]): RuleGroup[] {
  if (sources.length === 0) return [];
  const selector = anyOf(
    'job',
    sources.map(({ job }) => job),
  );
  return [
    {
      name: 'postgresql',
      rules: [
        {
          alert: 'PostgresqlDown',
          expr: [`pg_up{${selector}} == 0`, ...sources.map(silent)].join(' or '),
          for: '5m',
          severity: 'critical',
          summary: 'A PostgreSQL server does not answer.',
          description: 'The exporter {{ $labels.namespace }}/{{ $labels.job }} reaches no server, or does not run.',
        },
        {
          alert: 'PostgresqlConnectionsHigh',
          expr:
            `sum by (job, namespace) (pg_stat_database_numbackends{${selector}}) ` +
            `/ max by (job, namespace) (pg_settings_max_connections{${selector}}) > 0.9`,
          for: '5m',
          severity: 'warning',
          summary: 'A PostgreSQL server has hardly a connection left.',
          description: 'Of the server behind {{ $labels.job }} {{ $value | humanizePercentage }} are in use.',
        },
        {
          alert: 'PostgresqlIdleTransaction',
          expr:
            `max by (job, namespace, datname, usename) ` +
            `(pg_stat_activity_max_tx_duration{${selector},state=~"idle in transaction.*"}) > 900`,
          for: '5m',
          severity: 'warning',
          summary: 'A transaction is open and does nothing.',
          description:
            'User {{ $labels.usename }} holds it in {{ $labels.datname }} for {{ $value | humanizeDuration }}.',
        },
      ],
    },
  ];
}

/** Metrics: danielqsj/kafka_exporter v1.9.0, which leaves out the leader of a partition that has none. */
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
          // Those of the drift detectors have an alert of their own.
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

export const istioRules = (source: Source): RuleGroup[] => [
  {
    name: 'istio',
    rules: [
      down('IstiodDown', source, "Istio's control plane does not answer.", 'Routes of new models reach no gateway.'),
      {
        alert: 'IstioRootCertificateExpiring',
        expr: `citadel_server_root_cert_expiry_timestamp{${from(source)}} - time() < 30 * 86400`,
        for: '1h',
        severity: 'warning',
        summary: "Istio's root certificate ends soon.",
        description:
          'It ends in {{ $value | humanizeDuration }}; istiod and its gateways then trust each other no more.',
      },
    ],
  },
];

export const seldonRules = (source: Source): RuleGroup[] => [
  {
    name: 'seldon',
    rules: [down('SeldonOperatorDown', source, "Seldon's operator does not answer.", 'Changes of models are refused.')],
  },
];
