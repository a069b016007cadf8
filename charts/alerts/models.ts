import type { ModelConfig } from '../../lib/config/schema';
import { modelLabel, type Alert, type Recording, type RuleGroup } from './rule';

/** What a model is held to that says nothing of its own. */
export const defaultLimits = { errorRate: 0.05, p95Seconds: 1 } as const;

export const modelSeries = {
  rate: 'model:requests:rate5m',
  errorRatio: 'model:request_errors:ratio_rate5m',
  p95: 'model:request_seconds:p95_rate5m',
  errorLimit: 'model:request_errors:limit',
  p95Limit: 'model:request_seconds:limit',
} as const;

const requests = 'seldon_api_executor_server_requests_seconds';

/** HTTP says `2xx`, gRPC `OK` (seldon-core 1.16.0, executor/api/metric). */
const failed = 'code!~"2..|OK"';

/** How models answer. The same rules for all of them: what a model wants otherwise is a series that the rules look up. */
export function modelRules(namespace: string, models: readonly ModelConfig[]): RuleGroup[] {
  const predictions = `service="predictions",namespace="${namespace}"`;
  const rate = (suffix: string, labels: string, by = 'deployment_name'): string =>
    `sum by (${by}) (rate(${requests}_${suffix}{${labels}}[5m]))`;
  const all = rate('count', predictions);
  const recordings: Recording[] = [
    { record: modelSeries.rate, expr: all },
    {
      record: modelSeries.errorRatio,
      // A model without failures has no series of them.
      expr: `(${rate('count', `${predictions},${failed}`)} or 0 * ${all}) / ${all}`,
    },
    {
      record: modelSeries.p95,
      expr: `histogram_quantile(0.95, ${rate('bucket', predictions, 'deployment_name, le')})`,
    },
  ];
  return [
    { name: 'model-requests', rules: recordings },
    ...limitGroups(models),
    { name: 'models', rules: alerts(namespace) },
  ];
}

const alerts = (namespace: string): Alert[] => [
  {
    alert: 'ModelErrorRateHigh',
    expr: aboveLimit(modelSeries.errorRatio, modelSeries.errorLimit, defaultLimits.errorRate),
    for: '5m',
    severity: 'critical',
    labels: modelLabel,
    summary: 'Model {{ $labels.deployment_name }} answers too many requests with an error.',
    description: '{{ $value | humanizePercentage }} of its predictions of the last five minutes failed.',
  },
  {
    alert: 'ModelLatencyHigh',
    expr: aboveLimit(modelSeries.p95, modelSeries.p95Limit, defaultLimits.p95Seconds),
    for: '10m',
    severity: 'warning',
    labels: modelLabel,
    summary: 'Model {{ $labels.deployment_name }} answers too slowly.',
    description: 'One request in twenty took more than {{ $value | humanizeDuration }}.',
  },
  {
    alert: 'ModelDown',
    // A model that was never there is still being loaded, which PodNotReady looks after.
    expr:
      `label_replace(kube_deployment_status_replicas_available{namespace="${namespace}"} == 0 ` +
      `and max_over_time(kube_deployment_status_replicas_available{namespace="${namespace}"}[6h]) > 0, ` +
      `"deployment_name", "$1", "deployment", "(.+)-default-0-.+")`,
    for: '5m',
    severity: 'critical',
    labels: modelLabel,
    summary: 'Model {{ $labels.deployment_name }} serves nobody any more.',
    description: 'Deployment {{ $labels.namespace }}/{{ $labels.deployment }} has no pod that is ready.',
  },
];

const aboveLimit = (series: string, limit: string, byDefault: number): string =>
  `${series} > on (deployment_name) group_left () ` + `(${limit} or on (deployment_name) 0 * ${series} + ${byDefault})`;

/** Limits of their own, in groups of a bounded size. */
function limitGroups(models: readonly ModelConfig[]): RuleGroup[] {
  const limit = (record: string, name: string, value: number | undefined): Recording[] =>
    value === undefined ? [] : [{ record, expr: `vector(${value})`, labels: { deployment_name: name } }];
  const rules = models.flatMap(({ name, alerts: own }) => [
    ...limit(modelSeries.errorLimit, name, own?.errorRate),
    ...limit(modelSeries.p95Limit, name, own?.p95Seconds),
  ]);
  return Array.from({ length: Math.ceil(rules.length / groupSize) }, (_, index) => ({
    name: `model-limits-${index + 1}`,
    rules: rules.slice(index * groupSize, (index + 1) * groupSize),
  }));
}

const groupSize = 500;
