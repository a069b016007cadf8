import type { Dashboard } from '../../lib/graph/dashboard';

const one = 'deployment_name="$model"';

/** Drift of one model at a time. */
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
