import { down, from, type RuleGroup, type Source } from '../../lib/graph/alert';

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
