import type { ModelConfig } from '../config';
import { deploymentPattern, mainPredictor, shadowPredictor } from './predictor-names';
import { lately, modelLabel, type Alert, type Recording, type RuleGroup } from '../../lib/graph/alert';

/** Limits of a model that sets none. */
const defaultLimits = { errorRate: 0.05, p95Seconds: 1 } as const;

/** What users experience, by `deployment_name`: excludes the shadow, whose answers are discarded. */
export const modelSeries = {
  rate: 'model:requests:rate5m',
  errorRatio: 'model:request_errors:ratio_rate5m',
  refusedRatio: 'model:requests_refused:ratio_rate5m',
  p95: 'model:request_seconds:p95_rate5m',
  errorLimit: 'model:request_errors:limit',
  p95Limit: 'model:request_seconds:limit',
} as const;

/** By `deployment_name` and `predictor_name`: the model itself, its canary and its shadow. */
export const predictorSeries = {
  rate: 'predictor:requests:rate5m',
  errorRate: 'predictor:request_errors:rate5m',
  errors: 'predictor:request_errors:increase30m',
  refused: 'predictor:requests_refused:increase30m',
  /** The highest number of ready pods in the last five minutes. */
  available: 'predictor:pods_available:max5m',
  wanted: 'predictor:pods:wanted',
  age: 'predictor:pods:age_seconds',
} as const;

const requests = 'seldon_api_executor_server_requests_seconds';

/**
 * For REST the metric names the kind of request, for gRPC the full method (seldon-core 1.16.0,
 * executor/api/metric/server.go).
 */
export const predictionsOf = (namespace: string): string =>
  `namespace="${namespace}",service=~"predictions|/.+/(Predict|ModelInfer)"`;

/**
 * The gRPC codes that correspond to HTTP 5xx (googleapis, google/rpc/code.proto), as grpc-go spells them
 * (codes/code_string.go).
 */
const serverErrors = '5..|Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss';
const failed = `code=~"${serverErrors}"`;
/** Success is `2xx` in HTTP and `OK` in gRPC; what remains besides server errors is a client error. */
const refused = `code!~"2..|OK|${serverErrors}"`;

const toUsers = `predictor_name!="${shadowPredictor}"`;
const byPredictor = 'by (deployment_name, predictor_name)';

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

function requestRecordings(predictions: string): Recording[] {
  const { rate, errorRate, errors, refused: refusals } = predictorSeries;
  const perSecond = (more = ''): string => `sum ${byPredictor} (rate(${requests}_count{${predictions}${more}}[5m]))`;
  const inHalfAnHour = (which: string): string =>
    `sum ${byPredictor} (increase(${requests}_count{${predictions},${which}}[30m]))`;
  const ofModel = (series: string): string => `sum by (deployment_name) (${series})`;
  return [
    { record: rate, expr: perSecond() },
    // A model that never failed has no series of failures.
    { record: errorRate, expr: `${perSecond(`,${failed}`)} or 0 * ${rate}` },
    { record: errors, expr: inHalfAnHour(failed) },
    { record: refusals, expr: inHalfAnHour(refused) },
    { record: modelSeries.rate, expr: ofModel(`${rate}{${toUsers}}`) },
    { record: modelSeries.errorRatio, expr: `${ofModel(`${errorRate}{${toUsers}}`)} / ${modelSeries.rate}` },
    {
      record: modelSeries.refusedRatio,
      expr: `sum by (deployment_name) (rate(${requests}_count{${predictions},${toUsers},${refused}}[5m])) / ${modelSeries.rate}`,
    },
    {
      record: modelSeries.p95,
      expr: `histogram_quantile(0.95, sum by (deployment_name, le) (rate(${requests}_bucket{${predictions},${toUsers}}[5m])))`,
    },
  ];
}

/** Counts the pods of Deployments, whose only link to a model is their name. */
function podRecordings(namespace: string): Recording[] {
  const ofPredictors = (metric: string): string => {
    const series = lately(`${metric}{namespace="${namespace}",deployment=~"${deploymentPattern}"}`);
    return ['deployment_name', 'predictor_name'].reduce(
      (expr, label, index) =>
        `label_replace(${expr}, "${label}", "$${index + 1}", "deployment", "${deploymentPattern}")`,
      `max by (namespace, deployment) (${series})`,
    );
  };
  return [
    { record: predictorSeries.available, expr: ofPredictors('kube_deployment_status_replicas_available') },
    { record: predictorSeries.wanted, expr: ofPredictors('kube_deployment_spec_replicas') },
    { record: predictorSeries.age, expr: `time() - ${ofPredictors('kube_deployment_created')}` },
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
