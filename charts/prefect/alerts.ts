import { type RuleGroup } from '../../lib/graph/alert';

/** What Prefect exports says nothing of whether it answers, so a probe checks its API. */
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
