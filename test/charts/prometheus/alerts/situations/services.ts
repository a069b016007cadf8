import { always, down, rising, type Situations } from './series';

const kafka = (metric: string, labels = ''): string =>
  `${metric}{job="kafka-exporter",namespace="mlops-kafka"${labels}}`;
const kafkaLabels = { job: 'kafka-exporter', namespace: 'mlops-kafka' };
const leaders = (topic: string, ...partitions: number[]) =>
  Object.fromEntries(
    partitions.map((partition) => [
      kafka('kafka_topic_partition_leader', `,topic="${topic}",partition="${partition}"`),
      always(1),
    ]),
  );

const postgresql = { job: 'postgresql-exporter', namespace: 'mlops-mlflow' };
const pg = (metric: string, labels = ''): string =>
  `${metric}{job="postgresql-exporter",namespace="mlops-mlflow"${labels}}`;

const minio = (metric: string): string => `${metric}{job="minio",namespace="mlops-minio"}`;

export const services: Situations = {
  MlflowDown: down('mlflow-tracking-server', 'mlops-mlflow'),
  MlflowErrorRateHigh: [10, 1].map((failures) => ({
    name: `${failures} of 100 requests fail`,
    series: {
      'mlflow_http_request_total{job="mlflow-tracking-server",namespace="mlops-mlflow",status="200"}': rising(
        100 - failures,
      ),
      'mlflow_http_request_total{job="mlflow-tracking-server",namespace="mlops-mlflow",status="500"}': rising(failures),
    },
    alerts: failures === 10 ? [{}] : [],
  })),
  PrefectDown: [
    {
      name: 'the probe fails',
      series: { 'probe_success{job="prefect",instance="url"}': always(0) },
      alerts: [{ job: 'prefect', instance: 'url' }],
    },
    { name: 'the probe is gone', series: {}, alerts: [{ job: 'prefect' }] },
    { name: 'the probe succeeds', series: { 'probe_success{job="prefect",instance="url"}': always(1) }, alerts: [] },
  ],
  MinioDown: down('minio', 'mlops-minio'),
  MinioDriveOffline: [
    {
      name: 'a drive is offline',
      series: { [minio('minio_cluster_drive_offline_total')]: always(1) },
      alerts: [{ job: 'minio', namespace: 'mlops-minio' }],
    },
    { name: 'none is', series: { [minio('minio_cluster_drive_offline_total')]: always(0) }, alerts: [] },
  ],
  MinioFilling: [5, 50].map((free) => ({
    name: `${free} of 100 bytes are free`,
    series: {
      [minio('minio_cluster_capacity_usable_free_bytes')]: always(free),
      [minio('minio_cluster_capacity_usable_total_bytes')]: always(100),
    },
    alerts: free === 5 ? [{ job: 'minio', namespace: 'mlops-minio' }] : [],
  })),
  PostgresqlDown: [
    ...down('postgresql-exporter', 'mlops-mlflow'),
    {
      name: 'the exporter reaches no server',
      series: { [pg('pg_up')]: always(0), [pg('up')]: always(1) },
      alerts: [postgresql],
    },
    {
      name: 'the exporter reaches the server',
      series: { [pg('pg_up')]: always(1), [pg('up')]: always(1) },
      alerts: [],
    },
  ].map((situation) => ({ ...situation, where: 'namespace="mlops-mlflow"' })),
  PostgresqlConnectionsHigh: [95, 60].map((sessions) => ({
    name: `${sessions} of 100 connections are in use`,
    series: {
      [pg('pg_stat_database_numbackends', ',datname="a"')]: always(sessions - 10),
      [pg('pg_stat_database_numbackends', ',datname="b"')]: always(10),
      [pg('pg_settings_max_connections', ',server="s"')]: always(100),
    },
    alerts: sessions === 95 ? [postgresql] : [],
  })),
  PostgresqlIdleTransaction: ['idle in transaction', 'active'].map((state) => ({
    name: `a transaction is ${state} for half an hour`,
    series: {
      [pg('pg_stat_activity_max_tx_duration', `,datname="tracking",usename="mlflow",state="${state}"`)]: always(1800),
    },
    alerts: state === 'active' ? [] : [{ ...postgresql, datname: 'tracking', usename: 'mlflow' }],
  })),
  KafkaDown: down('kafka-exporter', 'mlops-kafka'),
  KafkaBrokerMissing: [2, 3].map((brokers) => ({
    name: `${brokers} of 3 brokers are there`,
    series: { [kafka('kafka_brokers')]: always(brokers) },
    alerts: brokers === 2 ? [kafkaLabels] : [],
  })),
  KafkaPartitionsOffline: [
    {
      name: 'one of two partitions has no leader',
      series: { [kafka('kafka_topic_partitions', ',topic="t"')]: always(2), ...leaders('t', 0) },
      alerts: [{ topic: 't' }],
    },
    {
      name: 'no partition has a leader',
      series: { [kafka('kafka_topic_partitions', ',topic="t"')]: always(2) },
      alerts: [{ topic: 't' }],
    },
    {
      name: 'both have one',
      series: { [kafka('kafka_topic_partitions', ',topic="t"')]: always(2), ...leaders('t', 0, 1) },
      alerts: [],
    },
  ],
  KafkaPartitionsUnderReplicated: [1, 0].map((value) => ({
    name: `${value} partitions have too few copies`,
    series: { [kafka('kafka_topic_partition_under_replicated_partition', ',topic="t",partition="0"')]: always(value) },
    alerts: value === 1 ? [{ topic: 't' }] : [],
  })),
  KafkaConsumerLagging: [
    ['flow', 20_000, true],
    ['flow', 200, false],
    ['drift-creditcard', 20_000, false],
  ].map(([group, lag, fires]) => ({
    name: `${group} is ${lag} messages behind`,
    series: {
      [kafka('kafka_consumergroup_lag', `,consumergroup="${group}",topic="t",partition="0"`)]: always(Number(lag)),
    },
    alerts: fires === true ? [{ consumergroup: String(group), topic: 't' }] : [],
  })),
  IstiodDown: down('istiod', 'istio-system'),
  IstioRootCertificateExpiring: [20, 60].map((days) => ({
    name: `it ends in ${days} days`,
    // Tests begin at time 0.
    series: {
      'citadel_server_root_cert_expiry_timestamp{job="istiod",namespace="istio-system"}': always(days * 86400),
    },
    at: '2h',
    alerts: days === 20 ? [{ job: 'istiod', namespace: 'istio-system' }] : [],
  })),
  SeldonOperatorDown: down('mlops-prometheus/seldon-operator', 'mlops-seldon'),
};
