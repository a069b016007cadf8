import { readFileSync } from 'node:fs';
import path from 'node:path';
import { modelRules } from '../../../../charts/models/alerts';
import { deploymentPattern } from '../../../../charts/models/predictor-names';
import { projectRoot } from '../../../../lib/project';
import { temporaryFolder, writeFiles } from '../../../support/temporary';
import { creditcard, parse, type Loose } from '../../../support/config';
import { groupsIn, platformObjects } from './platform';
import { promtool, runPromtool, without } from './promtool';
import { situations } from './situations';
import type { Situation } from './situations/series';

type Groups = ReturnType<typeof groupsIn>;

const folder = temporaryFolder();
let groups: Groups;
beforeAll(async () => {
  groups = groupsIn(await platformObjects());
});

const alertsOf = (all: Groups) => all.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
const namesOf = (all: Groups): string[] => [...new Set(alertsOf(all).map(({ alert }) => alert ?? ''))].sort();

test('every alert has a situation in which it fires, and one in which it does not', () => {
  const tested = Object.entries(situations).filter(
    ([name, list]) =>
      list.some(({ alerts }) => alerts.length > 0) &&
      (name === 'Watchdog' || list.some(({ alerts }) => alerts.length === 0)),
  );
  expect(tested.map(([name]) => name).sort()).toEqual(namesOf(groups));
});

test('every alert has a severity, a summary, a description and a section in docs/alerts.md', () => {
  const page = readFileSync(path.join(projectRoot, 'docs/alerts.md'), 'utf8');
  const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, heading = '']) => heading);
  for (const { alert = '', labels, annotations } of alertsOf(groups)) {
    expect(alert === 'Watchdog' ? ['none'] : ['critical', 'warning']).toContain(labels?.severity);
    expect(annotations).toEqual({
      summary: expect.stringMatching(/^[A-Z{].*\.$/) as string,
      description: expect.stringMatching(/\.$/) as string,
      runbook: `docs/alerts.md#${alert.toLowerCase()}`,
    });
  }
  expect(headings.sort()).toEqual(namesOf(groups));
});

test('every Deployment that Seldon makes is named after its model and predictor', async () => {
  const objects = await platformObjects();
  const names = objects
    .filter(({ kind }) => kind === 'SeldonDeployment')
    .flatMap(({ metadata, spec }) =>
      (spec as Loose).predictors.map(({ name, componentSpecs: [part] }: Loose) => ({
        // seldon-core 1.17.1, seldondeployment_types.go, GetDeploymentName: what is longer becomes a hash.
        deployment: `${metadata.name}-${name}-0-${part.metadata.name}`,
        groups: [metadata.name, name],
      })),
    );
  expect(names).toHaveLength(5);
  for (const { deployment, groups: expected } of names) {
    expect(deployment.length).toBeLessThanOrEqual(63);
    expect(new RegExp(`^(?:${deploymentPattern})$`).exec(deployment)?.slice(1)).toEqual(expected);
  }
});

const withPromtool = promtool === undefined ? test.skip : test;

test('the rules of 1,000 models with limits of their own fit into objects that the API server takes', () => {
  const models = Array.from({ length: 1000 }, (_, index) => ({
    ...creditcard,
    name: `model-${index}-${'x'.repeat(30)}`,
    alerts: { errorRate: 0.01, p95Seconds: 0.2 },
  }));
  const { models: parsed } = parse({ models });
  const all = modelRules('mlops-models', parsed);
  const limits = all.flatMap(({ rules }) => rules).filter((rule) => 'record' in rule && rule.expr.startsWith('vector'));
  expect(limits).toHaveLength(2000);
  // What kubectl apply keeps of an object in an annotation.
  expect(Math.max(...all.map((group) => JSON.stringify(group).length))).toBeLessThan(262_144 / 2);
  // However many models there are, their alerts are the same.
  expect(all.at(-1)?.rules).toEqual(modelRules('mlops-models', []).at(-1)?.rules);
});

/** JSON is YAML too. */
const write = (name: string, content: unknown): string =>
  path.join(writeFiles(folder, { [name]: JSON.stringify(content) }), name);

withPromtool(`promtool accepts every rule, and every text in it${without}`, async () => {
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  expect(await runPromtool('check', write('rules.json', { groups }))).toContain(`SUCCESS: ${rules} rules found`);
});

withPromtool(
  `promtool finds that alerts fire when they must, and only then${without}`,
  async () => {
    const recordings = groups.filter(({ rules }) => rules.some(({ record }) => record !== undefined));
    // Rules that have no part in a test would be most of its time.
    const files = groups.flatMap((group) => {
      const names = namesOf([group]);
      if (names.length === 0) return [];
      const rules = write(`rules-${group.name}.json`, { groups: [...recordings, group] });
      const tests = names.flatMap((alert) => (situations[alert] ?? []).map((situation) => testOf(alert, situation)));
      return [
        write(`tests-${group.name}.json`, { rule_files: [path.basename(rules)], evaluation_interval: '1m', tests }),
      ];
    });
    for (const answer of await Promise.all(files.map((file) => runPromtool('test', file)))) {
      expect(answer).toMatch(/SUCCESS\s*$/);
    }
  },
  240_000,
);

function testOf(alert: string, { name, series, at = '1h', alerts, where }: Situation): object {
  const severity = alertsOf(groups).find((rule) => rule.alert === alert)?.labels?.severity ?? '';
  const firing = (labels: Readonly<Record<string, string>>): string =>
    `ALERTS{${Object.entries({ alertname: alert, alertstate: 'firing', severity, ...labels })
      .map(([key, value]) => `${key}="${value}"`)
      .join(',')}}`;
  return {
    name: `${alert}: ${name}`,
    interval: '1m',
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    promql_expr_test: [
      {
        expr: `ALERTS{alertname="${alert}",alertstate="firing"${where === undefined ? '' : `,${where}`}}`,
        eval_time: at,
        exp_samples: alerts.map((labels) => ({ labels: firing(labels), value: 1 })),
      },
    ],
  };
}
