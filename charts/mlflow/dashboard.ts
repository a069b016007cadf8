import type { Row } from '../../lib/graph/dashboard';

/** The row of MLflow on the platform's dashboard. */
export const mlflowRow: Row = {
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
};
