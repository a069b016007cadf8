import { lately, type Recording } from '../../lib/graph/alert';
import { deploymentPattern, shadowPredictor } from './predictor-names';

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
 * For REST the metric names the kind of request, for gRPC the full method (seldon-core 1.17.1,
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

/** Excludes the shadow, whose answers are discarded. */
export const toUsers = `predictor_name!="${shadowPredictor}"`;
const byPredictor = 'by (deployment_name, predictor_name)';

/** How the models answer. @param predictions selects their requests, as `predictionsOf` does */
export function requestRecordings(predictions: string): Recording[] {
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
export function podRecordings(namespace: string): Recording[] {
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
