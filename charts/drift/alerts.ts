import { predictionsOf } from '../models/recordings';
import { modelLabel, type RuleGroup } from '../../lib/graph/alert';

/** Messages by which a detector may lag behind its topic. It processes thousands of rows a second. */
const lagLimit = 10_000;

/** Alerts on drift. Metrics and labels: programs/drift/README.md. */
export function driftRules(namespace: string, modelNamespace: string): RuleGroup[] {
  const detector = `namespace="${namespace}"`;
  const answered = `${predictionsOf(modelNamespace)},code=~"2..|OK"`;
  const sum = (metric: string): string => `sum by (deployment_name) (${metric})`;
  const rows = (metric: string): string => sum(`rate(${metric}{${detector}}[15m])`);
  return [
    {
      name: 'drift',
      rules: [
        {
          alert: 'DriftDetected',
          // One alert per model, whatever the number of detectors and features: it is one reason to retrain.
          // max_over_time bridges a restart of the detector, which would otherwise end the alert and start another.
          // keep_firing_for would, too, but Prometheus 2.41 of the original Helm chart does not know it.
          expr: `max by (deployment_name, version) (max_over_time(drift_detected{${detector}}[15m])) == 1`,
          for: '1m',
          severity: 'warning',
          labels: modelLabel,
          summary: 'What model {{ $labels.deployment_name }} sees is no longer what it was trained on.',
          description:
            'Of version {{ $labels.version }}, according to: ' +
            `{{ range printf "count by (detector) (drift_detected{${detector.replaceAll('"', String.raw`\"`)},` +
            String.raw`deployment_name=%q} == 1)" $labels.deployment_name | query }}{{ .Labels.detector }} {{ end }}.`,
        },
        {
          alert: 'DriftDetectorStale',
          // Only for models with a scraped detector: a detector that is down raises TargetDown.
          expr:
            `(${sum(`increase(seldon_api_executor_server_requests_seconds_count{${answered}}[15m])`)} > 0 ` +
            `unless on (deployment_name) ${sum(`increase(drift_messages_total{${detector}}[15m])`)} > 0) ` +
            `and on (deployment_name) ${sum(`drift_reference_rows{${detector}}`)}`,
          for: '15m',
          severity: 'warning',
          labels: modelLabel,
          summary: 'The drift detector of model {{ $labels.deployment_name }} gets none of its requests.',
          description:
            'The model answered {{ $value | humanize }} requests in a quarter of an hour, none of which arrived.',
        },
        {
          alert: 'DriftDetectorLagging',
          expr: `${sum(`drift_consumer_lag{${detector}}`)} > ${lagLimit}`,
          for: '15m',
          severity: 'warning',
          labels: modelLabel,
          summary: 'The drift detector of model {{ $labels.deployment_name }} does not keep up.',
          description: 'It is {{ $value | humanize }} messages behind.',
        },
        {
          alert: 'DriftDetectorRejectsRows',
          expr:
            `${rows('drift_rows_rejected_total')} / ` +
            `(${rows('drift_rows_rejected_total')} + ${rows('drift_rows_seen_total')}) > 0.1`,
          for: '15m',
          severity: 'warning',
          labels: modelLabel,
          summary: 'The drift detector of model {{ $labels.deployment_name }} cannot use many of its rows.',
          description:
            '{{ $value | humanizePercentage }} of the rows of a quarter of an hour did not fit the reference.',
        },
      ],
    },
  ];
}
