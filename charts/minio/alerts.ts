import { down, from, type RuleGroup, type Source } from '../../lib/graph/alert';

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
