import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import type { Loose } from '../../support/config';
import { groupsIn } from '../../charts/prometheus/alerts/platform';
import { eventually } from '../cluster/workspace';
import { Alerting } from './alerting';
import { Detector } from './detector';
import { without } from './equipment';
import { firing } from './promtool';
import { type Sample, select } from './series';
import { fetchModel, serveModel, serveWithMlserver } from './serving';
import { mlflow, prefect, runExample, runFlow } from './training';
import { temporaryWorld, type World } from './world';

// The way of one model, each step on top of the one before: from its training to the alert, and back.

const missing = without('postgresql', 'kafka', 'silo', 'mc', 'mlflow', 'drift', 'prefect', 'creditcard', 'served');
const noMlserver = without('mlserver');
const noPromtool = without('promtool');
const noAlertmanager = without('prometheus', 'alertmanager');
/** What failed: nothing that comes after it means anything. */
let broken: string | undefined;

function step(name: string, run: () => Promise<void>, lacking = missing): void {
  (lacking === '' ? test : test.skip)(`${name}${lacking}`, async () => {
    if (broken !== undefined) throw new Error(`not tried, because this failed: ${broken}`);
    broken = name;
    await run();
    broken = undefined;
  });
}

const theWorld = temporaryWorld(missing);
let world: World;
let detector: Detector;
let url: string;
/** Files of the model, as its server gets them. */
let folder: string;
/** One scrape a minute, as Prometheus would make them. */
const scrapes: Sample[][] = [];
/** Minute in which the first drift was scraped. */
let shifted = 0;

const dataDetectors = ['ks', 'mmd', 'psi'];
const conceptDetectors = ['adwin', 'ddm', 'eddm', 'kswin', 'page-hinkley'];

const scrape = async (): Promise<void> => void scrapes.push(await detector.samples());
const traffic = async (rows: number, ...options: string[]): Promise<void> => {
  const args = ['-m', 'creditcard.traffic', '--url', url, '--rows', String(rows), ...options];
  const { code, stdout } = await runExample(world, args);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${rows} rows sent\n` });
};

/** The model behind the executor: the detector sees nothing of what it is asked here. */
const model = (): string => `http://127.0.0.1:${world.ports.model}`;

/** Posts JSON, and gives the JSON of the answer. */
async function post(address: string, body: object): Promise<Loose> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${address}: status ${answer.status}: ${text}`);
  return JSON.parse(text);
}

beforeAll(() => {
  if (missing === '') world = theWorld();
});

step('databases, broker, object store, MLflow and Prefect start as their pods say', async () => {
  await world.serve('StatefulSet', 'postgresql-mlflow');
  await world.serve('StatefulSet', 'prefect-server-postgresql');
  await world.serve('StatefulSet', 'kafka-controller');
  await world.serve('Deployment', 'minio');
  await world.runJob('minio-post-job');
  await world.serve('Deployment', 'mlflow-tracking-server');
  await world.serve('Deployment', 'prefect-server');
});

step(
  'the Jobs that make users, topics, the work pool and its block may run again, and then change nothing',
  async () => {
    await world.runJob('minio-post-job');
    expect(await world.runJob('topics')).toContain('"made": 1, "already there": 0');
    expect(await world.runJob('topics')).toContain('"made": 0, "already there": 1');
    expect(await world.runJob('prefect-flows')).toMatch(/^(.+: made\n){2}$/);
    expect(await world.runJob('prefect-flows')).toMatch(/^(.+: is there\n){2}$/);
  },
);

step("the example's flow trains and registers a model with its reference data", async () => {
  const deployed = await runExample(world, [
    '-m',
    'creditcard.deploy',
    '--image',
    'registry.example.org/creditcard:0.1.0',
  ]);
  expect(deployed).toMatchObject({ code: 0, stdout: expect.stringContaining('train-creditcard/production: deployed') });
  const { id } = await prefect(world, '/deployments/name/train-creditcard/production');
  const run = await prefect(world, `/deployments/${id}/create_flow_run`, { state: { type: 'SCHEDULED' } });
  await runFlow(world, run.id);
  const { model_version: version } = await mlflow(world, 'model-versions/get?name=creditcard&version=1');
  expect(version).toMatchObject({ version: '1', status: 'READY', source: expect.stringMatching(/^mlflow-artifacts:/) });
});

step('its files get to where Seldon would serve them, and its requests to Kafka', async () => {
  folder = await fetchModel(world);
  for (const file of ['MLmodel', 'artifacts/testing_dataset.csv']) expect(existsSync(join(folder, file))).toBe(true);
  url = await serveModel(world, folder);
  detector = await Detector.start(world);
  expect(await detector.value('drift_reference_rows', { model: 'creditcard', version: '1' })).toBe(2000);
  await scrape();
});

step("the README's first request is answered", async () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const [, path = '', body = ''] = /mlops-models\/creditcard(\/api\S+)" -H '.*' -d '(.*?)'$/ms.exec(readme) ?? [];
  expect(await post(`${model()}${path}`, JSON.parse(body))).toMatchObject({ data: { ndarray: [1] } });
});

step(
  'MLServer serves the same model, and gives the same answers',
  async () => {
    const random = Array.from({ length: 500 }, (_, row) => [20 + row * 3, row % 24, row / 4, row % 9, 500 - row]);
    const rows = random.map((values) => values.map((value) => value + 0.25));
    const seldon = await post(`${model()}/predict`, { data: { ndarray: rows } });
    const { url: mlserver, program } = await serveWithMlserver(world, folder);
    const input = { name: 'transactions', datatype: 'FP64', shape: [500, 5], data: rows.flat() };
    const answer = await post(`${mlserver}/v2/models/creditcard/infer`, { inputs: [input] });
    await program.stop();
    expect(answer.outputs[0].data).toEqual(seldon.data.ndarray);
    expect(new Set(seldon.data.ndarray)).toEqual(new Set([0, 1]));
  },
  missing || noMlserver,
);

step('everyday requests and correct answers are no drift', async () => {
  await traffic(1500, '--feedback');
  await detector.hasSeen(1500);
  await detector.hasSeen(1500, 'drift_feedback_rows_total');
  expect(await detector.drifting()).toEqual([]);
  for (let minute = 0; minute < 5; minute++) await scrape();
  shifted = scrapes.length;
});

step('every detector of data drift sees shifted requests within two windows, and none within one', async () => {
  await traffic(500, '--shift', '1', '--seed', '2');
  await detector.hasSeen(2000);
  expect(await detector.drifting()).toEqual([]);
  await traffic(500, '--shift', '1', '--seed', '4');
  await detector.hasSeen(2500);
  expect(await detector.drifting()).toEqual(dataDetectors);
  for (let minute = 0; minute < 5; minute++) await scrape();
});

step('every detector of concept drift sees flipped labels within 1,000 rows', async () => {
  await traffic(1000, '--feedback', '--flip', '1', '--seed', '3');
  await detector.hasSeen(2500, 'drift_feedback_rows_total');
  expect(await detector.drifting()).toEqual(conceptDetectors);
  for (let minute = 0; minute < 5; minute++) await scrape();
});

step('what each detector measures is exported by model, version, detector and feature', async () => {
  const { labels } = scrapes[0]?.find(({ name }) => name === 'drift_reference_rows') ?? {};
  expect(labels).toEqual({ model: 'creditcard', version: '1' });
  const samples = await detector.samples();
  const exporting = (name: string): string[] => {
    const found = select(samples, name, labels);
    for (const sample of found)
      expect(Object.keys(sample.labels).sort()).toEqual(['detector', 'feature', 'model', 'version']);
    return [...new Set(found.map((sample) => sample.labels.detector ?? ''))].sort();
  };
  const all = [...dataDetectors, ...conceptDetectors].sort();
  expect(exporting('drift_detected')).toEqual(all);
  expect(exporting('drift_score')).toEqual(all);
  // The cut points of ADWIN each have one of their own.
  expect(exporting('drift_threshold')).toEqual(all.filter((name) => name !== 'adwin'));
  expect(exporting('drift_p_value')).toEqual(['ks', 'kswin', 'mmd']);
  expect(select(samples, 'drift_consumer_lag', { ...labels, partition: '0' })).toMatchObject([{ value: 0 }]);
  const [last] = select(samples, 'drift_last_message_timestamp_seconds', labels);
  expect(Math.abs(Date.now() / 1000 - (last?.value ?? 0))).toBeLessThan(120);
});

/** The alert of the output that looks at what the detectors say. */
const driftAlert = () => {
  const rules = groupsIn(world.objects).flatMap((group) => group.rules);
  const found = rules.filter(({ alert, expr }) => alert !== undefined && expr.includes('drift_detected'));
  expect(found).toHaveLength(1);
  return found[0]?.alert ?? '';
};
const driftLabels = { deployment_name: 'creditcard', model: 'creditcard', severity: 'warning', version: '1' };

step(
  'the alert fires on what was scraped, once for the model, and not before the shift',
  async () => {
    const last = scrapes.length - 1;
    await firing(world, scrapes, driftAlert(), [
      { minute: shifted - 1, labels: [] },
      { minute: shifted + 4, labels: [driftLabels] },
      { minute: last, labels: [driftLabels] },
    ]);
  },
  missing || noPromtool,
);

step(
  'Alertmanager repeats the alert until it is taken, and that starts one training, which registers the next version',
  async () => {
    const alerting = await Alerting.start(world, driftAlert());
    await alerting.hasFailed();
    const receiver = await world.serve('Deployment', 'retraining');
    const said = (what: string): number => receiver.log().split(`: ${what}\n`).length - 1;
    await eventually('the alert is taken again and again', () => said('known') >= 3, { program: receiver });
    expect(said('started')).toBe(1);
    const runs = (await prefect(world, '/flow_runs/filter', {
      flow_runs: { tags: { all_: ['retraining', 'model:creditcard'] } },
    })) as { id: string }[];
    expect(runs).toHaveLength(1);
    await runFlow(world, runs[0]?.id ?? '');
    expect(await mlflow(world, 'model-versions/get?name=creditcard&version=2')).toMatchObject({
      model_version: { version: '2', status: 'READY' },
    });
  },
  missing || noAlertmanager,
);
