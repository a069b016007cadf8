import { modelSeries } from '../alerts/models';
import type { Dashboard } from './dashboard';

const one = 'deployment_name="$model"';

/** One model at a time, chosen at the top. */
export function modelDashboard(namespace: string): Dashboard {
  const requests = 'seldon_api_executor_server_requests_seconds';
  const selector = `namespace="${namespace}",${one},service="predictions"`;
  const quantile = (part: number): string =>
    `histogram_quantile(${part}, sum by (le) (rate(${requests}_bucket{${selector}}[5m])))`;
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
            queries: { [`sum by (code) (rate(${requests}_count{${selector}}[5m]))`]: '{{code}}' },
          },
          {
            title: 'Share that fails',
            unit: 'percentunit',
            queries: { [`${modelSeries.errorRatio}{${one}}`]: 'failed' },
          },
          {
            title: 'Time to answer',
            unit: 's',
            queries: { [quantile(0.5)]: 'half', [quantile(0.95)]: '95 of 100', [quantile(0.99)]: '99 of 100' },
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
              [`sum by (model_name) (rate(seldon_api_executor_client_requests_seconds_sum{namespace="${namespace}",${one}}[5m])) / sum by (model_name) (rate(seldon_api_executor_client_requests_seconds_count{namespace="${namespace}",${one}}[5m]))`]:
                '{{model_name}}',
            },
          },
          {
            title: 'Pods that serve',
            queries: {
              [`sum(kube_deployment_status_replicas_available{namespace="${namespace}",deployment=~"$model-default-0-.+"})`]:
                'ready',
              [`sum(kube_deployment_spec_replicas{namespace="${namespace}",deployment=~"$model-default-0-.+"})`]:
                'wanted',
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
