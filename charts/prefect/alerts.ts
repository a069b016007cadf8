import { type RuleGroup } from '../../lib/graph/alert';

/** Prefect 2.10.4 exports no metrics, so a probe checks its API. */
export const prefectRules = (job: string): RuleGroup[] => [
  {
    name: 'prefect',
    rules: [
      {
        alert: 'PrefectDown',
        expr: `probe_success{job="${job}"} == 0 or absent(probe_success{job="${job}"})`,
        for: '5m',
        severity: 'critical',
        summary: "Prefect's server does not answer.",
        description: 'GET {{ $labels.instance }} failed for five minutes.',
      },
    ],
  },
];
