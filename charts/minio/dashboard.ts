import type { Row } from '../../lib/graph/dashboard';

/** The row of MinIO on the platform's dashboard. */
export const minioRow: Row = {
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
};
