import { join } from 'node:path';
import { groupsIn } from '../../charts/prometheus/alerts/platform';
import { run } from '../../support/cli';
import { writeFiles } from '../../support/temporary';
import { targetLabels } from './alerting';
import { folderOf } from './equipment';
import { recorded, type Sample } from './series';
import type { World } from './world';

export interface Moment {
  readonly minute: number;
  /** Labels of each alert that fires then. */
  readonly labels: readonly Readonly<Record<string, string>>[];
}

/** Has promtool evaluate the rules of the output over what was scraped of the detector, and expects just these alerts. */
export async function firing(
  world: World,
  scrapes: readonly (readonly Sample[])[],
  alert: string,
  moments: readonly Moment[],
): Promise<void> {
  const groups = groupsIn(world.objects);
  const tests = [
    {
      interval: '1m',
      input_series: recorded(scrapes, targetLabels(world)),
      promql_expr_test: moments.map(({ minute, labels }) => ({
        expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
        eval_time: `${minute}m`,
        exp_samples: labels.map((one) => ({
          labels: seriesOf({ alertname: alert, alertstate: 'firing', ...one }),
          value: 1,
        })),
      })),
    },
  ];
  const folder = writeFiles(join(world.workspace.folder, 'promtool'), {
    'rules.json': JSON.stringify({ groups: groups.map(({ name, rules }) => ({ name, rules })) }),
    'tests.json': JSON.stringify({ rule_files: ['rules.json'], evaluation_interval: '1m', tests }),
  });
  const { code, stdout, stderr } = await run(join(folderOf('promtool'), 'promtool'), [
    'test',
    'rules',
    join(folder, 'tests.json'),
  ]);
  expect(`${stdout}${stderr}`).toMatch(/SUCCESS\s*$/);
  expect(code).toBe(0);
}

const seriesOf = (labels: Readonly<Record<string, string>>): string =>
  `ALERTS{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;
