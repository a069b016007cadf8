import { modelSeries } from '../models/alerts';
import { anyOf } from '../../lib/graph/alert';
import type { Dashboard, Row } from '../../lib/graph/dashboard';

/** What is installed, of which there is something to show. */
export interface PlatformParts {
  readonly namespaces: readonly string[];
  readonly models: boolean;
  readonly mlflow: boolean;
  readonly minio: boolean;
  readonly kafka: boolean;
  readonly databases: boolean;
}

export function platformDashboard(parts: PlatformParts): Dashboard {
  const all = anyOf('namespace', parts.namespaces);
  const rows: (Row | false)[] = [
    {
      title: 'Alerts and targets',
      panels: [
        {
          title: 'Firing alerts',
          figures: true,
          queries: { 'count by (severity) (ALERTS{alertstate="firing",severity!="none"})': '{{severity}}' },
        },
        { title: 'Targets that do not answer', figures: true, queries: { [`sum(1 - up{${all}})`]: 'targets' } },
        {
          title: 'Pods that are not ready',
          figures: true,
          queries: { [`sum(kube_pod_status_ready{${all},condition="false"})`]: 'pods' },
        },
      ],
    },
    parts.models && {
      title: 'Models',
      panels: [
        { title: 'Predictions', unit: 'reqps', queries: { [modelSeries.rate]: '{{deployment_name}}' } },
        {
          title: 'Share that fails',
          unit: 'percentunit',
          queries: { [modelSeries.errorRatio]: '{{deployment_name}}' },
        },
        {
          title: '95 of 100 take at most',
          unit: 's',
          queries: { [modelSeries.p95]: '{{deployment_name}}' },
        },
      ],
    },
    parts.mlflow && {
      title: 'MLflow',
      panels: [
        {
          title: 'Requests',
          unit: 'reqps',
          queries: { 'sum by (status) (rate(mlflow_http_request_total[5m]))': '{{status}}' },
        },
        {
          title: '95 of 100 take at most',
          unit: 's',
          queries: {
            'histogram_quantile(0.95, sum by (le) (rate(mlflow_http_request_duration_seconds_bucket[5m])))': 'MLflow',
          },
        },
      ],
    },
    parts.minio && {
      title: 'MinIO',
      panels: [
        {
          title: 'Space',
          unit: 'bytes',
          queries: {
            minio_cluster_capacity_usable_total_bytes: 'all',
            minio_cluster_capacity_usable_free_bytes: 'free',
          },
        },
        {
          title: 'Requests',
          unit: 'reqps',
          queries: { 'sum by (api) (rate(minio_s3_requests_total[5m]))': '{{api}}' },
        },
        {
          title: 'Traffic',
          unit: 'bytes',
          queries: {
            'sum(rate(minio_s3_traffic_received_bytes[5m]))': 'in, each second',
            'sum(rate(minio_s3_traffic_sent_bytes[5m]))': 'out, each second',
          },
        },
      ],
    },
    parts.kafka && {
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
    },
    parts.databases && {
      title: 'PostgreSQL',
      panels: [
        {
          title: 'Connections',
          queries: { 'sum by (job, datname) (pg_stat_database_numbackends)': '{{job}} {{datname}}' },
        },
        {
          title: 'Transactions',
          unit: 'cps',
          queries: { 'sum by (job) (rate(pg_stat_database_xact_commit[5m]))': '{{job}}' },
        },
        {
          title: 'Size',
          unit: 'bytes',
          queries: { 'max by (job, datname) (pg_database_size_bytes)': '{{job}} {{datname}}' },
        },
      ],
    },
    {
      title: 'Volumes',
      panels: [
        {
          title: 'Free',
          unit: 'percentunit',
          queries: {
            [`kubelet_volume_stats_available_bytes{${all}} / kubelet_volume_stats_capacity_bytes{${all}}`]:
              '{{namespace}} {{persistentvolumeclaim}}',
          },
        },
      ],
    },
  ];
  return { uid: 'mlops-platform', title: 'Platform', rows: rows.filter((row) => row !== false) };
}
