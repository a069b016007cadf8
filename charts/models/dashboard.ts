import { modelSeries, predictionsOf, predictorSeries } from './alerts';
import { shadowPredictor } from './predictor-names';
import type { Dashboard } from '../../lib/graph/dashboard';

const one = 'deployment_name="$model"';

/** One model at a time, chosen at the top. */
export function modelDashboard(namespace: string): Dashboard {
  const requests = 'seldon_api_executor_server_requests_seconds';
  const all = `${predictionsOf(namespace)},${one}`;
  const toUsers = `${all},predictor_name!="${shadowPredictor}"`;
  const quantile = (part: number, selector: string, by = 'le'): string =>
    `histogram_quantile(${part}, sum by (${by}) (rate(${requests}_bucket{${selector}}[5m])))`;
  const each = '{{predictor_name}}';
  return {
    uid: 'mlops-model',
    title: 'Model',
    variable: { label: 'deployment_name', metric: modelSeries.rate },
    rows: [
      {
        title: 'Predictions',
        panels: [
          {
            title: 'By answer',
            unit: 'reqps',
            queries: { [`sum by (code) (rate(${requests}_count{${toUsers}}[5m]))`]: '{{code}}' },
          },
          {
            title: 'Share that fails',
            unit: 'percentunit',
            queries: {
              [`${modelSeries.errorRatio}{${one}}`]: 'failed',
              [`${modelSeries.refusedRatio}{${one}}`]: 'refused',
            },
          },
          {
            title: 'Time to answer',
            unit: 's',
            queries: {
              [quantile(0.5, toUsers)]: 'half',
              [quantile(0.95, toUsers)]: '95 of 100',
              [quantile(0.99, toUsers)]: '99 of 100',
            },
          },
        ],
      },
      {
        title: 'Model, canary and shadow beside each other',
        panels: [
          { title: 'Requests', unit: 'reqps', queries: { [`${predictorSeries.rate}{${one}}`]: each } },
          {
            title: 'Share that fails',
            unit: 'percentunit',
            queries: { [`${predictorSeries.errorRate}{${one}} / ${predictorSeries.rate}{${one}}`]: each },
          },
          {
            title: '95 of 100 take at most',
            unit: 's',
            queries: { [quantile(0.95, all, 'predictor_name, le')]: each },
          },
        ],
      },
      {
        title: 'Inside',
        panels: [
          {
            title: 'Time of each step',
            unit: 's',
            queries: {
              [`sum by (predictor_name, model_name) (rate(seldon_api_executor_client_requests_seconds_sum{namespace="${namespace}",${one}}[5m])) / sum by (predictor_name, model_name) (rate(seldon_api_executor_client_requests_seconds_count{namespace="${namespace}",${one}}[5m]))`]:
                '{{predictor_name}} {{model_name}}',
            },
          },
          {
            title: 'Pods that serve',
            queries: {
              [`${predictorSeries.available}{${one}}`]: `${each}: ready`,
              [`${predictorSeries.wanted}{${one}}`]: `${each}: wanted`,
            },
          },
        ],
      },
    ],
  };
}

/** The detector of one model at a time. */
export function driftDashboard(namespace: string): Dashboard {
  const selector = `namespace="${namespace}",${one}`;
  const each = '{{detector}} {{feature}}';
  return {
    uid: 'mlops-drift',
    title: 'Drift',
    variable: { label: 'deployment_name', metric: 'drift_reference_rows' },
    rows: [
      {
        title: 'Drift',
        panels: [
          { title: 'Detected', queries: { [`drift_detected{${selector}}`]: each } },
          {
            title: 'Score, as a share of its threshold',
            unit: 'percentunit',
            queries: { [`drift_score{${selector}} / drift_threshold{${selector}}`]: each },
          },
          { title: 'p-value', queries: { [`drift_p_value{${selector}}`]: each } },
        ],
      },
      {
        title: 'Data',
        panels: [
          {
            title: 'Rows',
            unit: 'cps',
            queries: {
              [`sum(rate(drift_rows_seen_total{${selector}}[5m]))`]: 'seen',
              [`sum by (reason) (rate(drift_rows_rejected_total{${selector}}[5m]))`]: 'rejected: {{reason}}',
            },
          },
          {
            title: 'Missing values',
            unit: 'percentunit',
            queries: { [`drift_missing_ratio{${selector}}`]: '{{feature}}' },
          },
          {
            title: 'Rows of window and reference',
            queries: {
              [`drift_window_rows{${selector}}`]: 'window',
              [`drift_reference_rows{${selector}}`]: 'reference',
            },
          },
        ],
      },
      {
        title: 'Detector',
        panels: [
          { title: 'Messages behind', queries: { [`sum(drift_consumer_lag{${selector}})`]: 'messages' } },
          {
            title: 'Latest message',
            unit: 'dateTimeFromNow',
            figures: true,
            queries: { [`drift_last_message_timestamp_seconds{${selector}} * 1000`]: 'message' },
          },
          {
            title: 'Feedback',
            unit: 'cps',
            queries: {
              [`sum(rate(drift_feedback_rows_total{${selector}}[5m]))`]: 'used',
              [`sum by (kind) (rate(drift_feedback_unmatched_total{${selector}}[5m]))`]: 'given up: {{kind}}',
            },
          },
        ],
      },
    ],
  };
}
