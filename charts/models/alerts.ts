import type { ModelConfig } from '../config';
import { mainPredictor } from './predictor-names';
import { modelSeries, podRecordings, predictionsOf, predictorSeries, requestRecordings, toUsers } from './recordings';
import { modelLabel, type Alert, type Recording, type RuleGroup } from '../../lib/graph/alert';

/** Limits of a model that sets none. */
const defaultLimits = { errorRate: 0.05, p95Seconds: 1 } as const;

/** Fewer failures than this in half an hour say nothing about the share: one of two requests is half of them. */
const fewestFailures = 10;
/** Share of rejected requests above which their sender should be asked. */
const refusedLimit = 0.1;
/** The startup time that charts/models/predictors.ts allows a model, and five minutes. */
const startSeconds = 2100;

/** How well the models answer. All models share these rules; a model's own limits are series that the rules look up. */
export function modelRules(namespace: string, models: readonly ModelConfig[]): RuleGroup[] {
  return [
    { name: 'model-requests', rules: requestRecordings(predictionsOf(namespace)) },
    { name: 'model-pods', rules: podRecordings(namespace) },
    ...limitGroups(models),
    { name: 'models', rules: [...modelAlerts, ...variantAlerts] },
  ];
}

const aboveLimit = (series: string, limit: string, byDefault: number): string =>
  `${series} > on (deployment_name) group_left () ` +
  `(${limit} or on (deployment_name) 0 * max by (deployment_name) (${predictorSeries.rate}) + ${byDefault})`;

const aboveErrorLimit = (series: string): string => aboveLimit(series, modelSeries.errorLimit, defaultLimits.errorRate);

const enough = (series: string): string =>
  `and on (deployment_name) sum by (deployment_name) (${series}{${toUsers}}) >= ${fewestFailures}`;

/** No ready pod for five minutes, except while a model loads for the first time. */
const gone = (selector: string): string =>
  `${predictorSeries.available}{${selector}} == 0 and ${predictorSeries.age} > ${startSeconds}`;

const modelAlerts: readonly Alert[] = [
  {
    alert: 'ModelErrorRateHigh',
    expr: `${aboveErrorLimit(modelSeries.errorRatio)} ${enough(predictorSeries.errors)}`,
    for: '5m',
    severity: 'critical',
    labels: modelLabel,
    summary: 'Model {{ $labels.deployment_name }} answers too many requests with an error.',
    description: '{{ $value | humanizePercentage }} of its predictions of the last five minutes failed.',
  },
  {
    alert: 'ModelRefusesRequests',
    expr: `${modelSeries.refusedRatio} > ${refusedLimit} ${enough(predictorSeries.refused)}`,
    for: '15m',
    severity: 'warning',
    labels: modelLabel,
    summary: 'Model {{ $labels.deployment_name }} is asked what it cannot answer.',
    description: '{{ $value | humanizePercentage }} of its requests were refused as errors of the client.',
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
    expr: gone(`predictor_name="${mainPredictor}"`),
    for: '1m',
    severity: 'critical',
    labels: modelLabel,
    summary: 'Model {{ $labels.deployment_name }} serves nobody.',
    description: 'Deployment {{ $labels.namespace }}/{{ $labels.deployment }} has no pod that is ready.',
  },
];

/** A canary or a shadow. */
const variant = `predictor_name!="${mainPredictor}"`;
const ofVariant = 'The {{ $labels.predictor_name }} of model {{ $labels.deployment_name }}';

const variantAlerts: readonly Alert[] = [
  {
    alert: 'ModelVariantErrorRateHigh',
    expr:
      `${aboveErrorLimit(`${predictorSeries.errorRate}{${variant}} / ${predictorSeries.rate}`)} ` +
      `and ${predictorSeries.errors} >= ${fewestFailures}`,
    for: '5m',
    severity: 'warning',
    labels: modelLabel,
    summary: `${ofVariant} answers too many requests with an error.`,
    description: '{{ $value | humanizePercentage }} of its predictions of the last five minutes failed.',
  },
  {
    alert: 'ModelVariantDown',
    expr: gone(variant),
    for: '1m',
    severity: 'warning',
    labels: modelLabel,
    summary: `${ofVariant} does not run.`,
    description: 'Deployment {{ $labels.namespace }}/{{ $labels.deployment }} has no pod that is ready.',
  },
];

/** The models' own limits, in groups of bounded size. */
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
