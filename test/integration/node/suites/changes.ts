import { components, type Component, type Config } from '../../../../charts/config';
import { eventually } from '../../cluster/workspace';
import { Client, reportHead } from '../client';
import { ask } from '../cluster';
import { creditcard, scoring, withModels } from '../configs';
import { kubeconfigVariable, type Given } from '../given';
import { noGrowth } from '../grow';
import { ledgerOf, lost, messages } from '../ledger';
import { markdown } from '../measures';
import { viewsOf } from '../pods';
import { nodeStep, step } from '../step';

type Change = (config: Config) => Config;

const ofCreditcard =
  (change: Partial<typeof creditcard>): Change =>
  (config) => ({ ...config, models: [{ ...creditcard, ...change }, scoring] });

const second = { name: 'creditcard', version: 2 };

/** What a user changes while others use the platform; each change is on top of those before. */
export function changeTests(given: () => Given): void {
  let config: Config = withModels;

  /** Changes the config and deploys it, as a user does, while clients are at work. @param most predictions that may fail */
  async function change(
    edit: Change,
    { deploy = (): Promise<unknown> => given().platform.deploy(), most = 0 } = {},
  ): Promise<void> {
    const { platform, services } = given();
    const before = await ledgerOf(given());
    const client = await Client.start(services);
    config = edit(config);
    await platform.synth(config);
    await deploy();
    await new Promise((resolve) => setTimeout(resolve, 5000)); // What ends late shows as well.
    const report = await client.stop();
    process.stderr.write(`${markdown([reportHead, ...report.rows])}\n`);
    if (report.failures.length > most) expect(report.failures).toEqual([]);
    expect(report.lost).toEqual([]);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
  }

  step('a canary gets half of the requests', async () => {
    await change(ofCreditcard({ canary: { registeredModel: second, traffic: 50 } }));
    const before = await answersOf(given());
    await predict(given(), 100);
    const after = await answersOf(given());
    const [main = 0, canary = 0] = ['default', 'canary'].map((name) => (after[name] ?? 0) - (before[name] ?? 0));
    expect(main + canary).toBe(100);
    // Each goes one way or the other by chance: beyond these bounds once in a hundred million times.
    expect(canary).toBeGreaterThan(20);
    expect(canary).toBeLessThan(80);
  });

  step('the new version takes the place of the old one', async () => {
    // On a busy machine Istio tells Envoy of pods that go before it tells of the new route: docs/models.md.
    await change(ofCreditcard({ registeredModel: second }), { most: 3 });
    const { cluster } = given();
    const only = async (): Promise<boolean> => {
      const pods = ['get', 'pods', '-n', 'mlops-models', '-l', 'seldon-deployment-id=creditcard'];
      const { items } = await cluster.json(...pods);
      return items.length === 1 && JSON.stringify(items[0].spec.initContainers).includes('models:/creditcard/2');
    };
    await eventually('no pod of the old version and of the canary is left', only, { seconds: 120, every: 1000 });
    await predict(given(), 1);
  });

  step('Kafka gets more memory, and takes the messages of every prediction again', async () => {
    await change((before) => ({
      ...before,
      size: { ...before.size, overrides: { kafka: { memory: '1280Mi' } } },
    }));
    const { cluster } = given();
    const { spec } = await cluster.json('get', 'pod', 'kafka-controller-0', '-n', 'mlops-kafka');
    expect(spec.containers[0].resources.requests.memory).toBe('1280Mi');
    const before = (await messages(cluster)).length;
    await predict(given(), 50);
    const arrived = async (): Promise<boolean> => (await messages(cluster)).length >= before + 50;
    await eventually('every prediction is in Kafka', arrived, { seconds: 30, every: 1000 });
  });

  nodeStep('an image gets another tag', async () => {
    const { cluster, node } = given();
    const image = async (): Promise<string> =>
      (await cluster.json('get', 'deployment', 'mlflow-tracking-server', '-n', 'mlops-mlflow')).spec.template.spec
        .containers[0].image;
    const rebuilt = `${await image()}-rebuilt`;
    await node.tagImage(await image(), rebuilt);
    await change((before) => ({ ...before, images: { overrides: { mlflow: rebuilt } } }));
    expect(await image()).toBe(rebuilt);
  });

  step('Prefect goes with its worker, and comes back with its runs', async () => {
    const { platform, cluster, services } = given();
    const { length } = (await ledgerOf(given()))['flow runs of Prefect'] ?? [];
    expect(length).toBeGreaterThan(0);
    const unretrained = { ...creditcard, registeredModel: second, retrain: undefined };
    await platform.synth({
      ...config,
      services: { ...config.services, prefect: false },
      models: [unretrained, scoring],
    });
    await platform.deploy('--prune', '--yes');
    const gone = async (): Promise<boolean> => {
      const pods = await cluster.kubectl(['get', 'pods', '-n', 'mlops-prefect', '-o', 'name']);
      return !/prefect-(server|worker)/.test(pods);
    };
    await eventually('the pods of Prefect have ended', gone, { seconds: 120, every: 1000 });
    await predict(given(), 1);
    await platform.synth(config);
    await platform.deploy();
    expect(await services.prefect('/flow_runs/count', {})).toBe(length);
  });

  step('the platform leaves its laptop: more memory and larger disks, by the commands that deploy names', async () => {
    await change(
      (before) => ({ ...before, size: { profile: 'team', overrides: { ...asSmallNode, kafka: teamKafka } } }),
      { deploy: () => given().platform.deployWithRemedies() },
    );
    // Named among what is not covered.
    if (process.env[kubeconfigVariable] === undefined && noGrowth() !== undefined) return;
    const { cluster } = given();
    const data = '/var/lib/postgresql/data'; // where its volume is
    const said = await cluster.exec('mlops-mlflow', 'postgresql-mlflow-0', 'df', '--output=size,target', '-BG', data);
    const [, gigabytes, target] = /(\d+)G\s+(\S+)\s*$/.exec(said) ?? [];
    expect(target).toBe(data);
    expect(Number(gigabytes)).toBeGreaterThan(15);
    expect(Number(gigabytes)).toBeLessThanOrEqual(20);
  });
}

/** Components that the config leaves out. */
const absent: readonly Component[] = ['egressGateway', 'grafana', 'nfsProvisioner'];

/** A node of a test has two CPUs, which the requests of a team's three nodes do not fit into. */
const asSmallNode = Object.fromEntries(
  (Object.keys(components) as Component[])
    .filter((name) => !absent.includes(name))
    .map((name) => [name, { cpu: components[name].laptop[1] }]),
) as Partial<Record<Component, { cpu: string }>>;

/** The number of brokers stays: docs/configuration.md. */
const teamKafka = { replicas: 1, cpu: components.kafka.laptop[1] };

async function predict({ services }: Given, times: number): Promise<void> {
  const url = `${await services.model('creditcard')}/api/v1.0/predictions`;
  for (let i = 0; i < times; i++) await ask(url, { data: { ndarray: [[120.5, 14, 3.2, 1, 240]] } });
}

/** How many requests each predictor of the model has answered so far: its name → the count of its executor. */
async function answersOf({ cluster }: Given): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { object, name } of await viewsOf(cluster)) {
    const [, predictor = ''] = /^mlops-models\/creditcard-([a-z]+)-/.exec(name) ?? [];
    if (predictor === '' || object.metadata.deletionTimestamp !== undefined) continue;
    const path = `/api/v1/namespaces/mlops-models/pods/${object.metadata.name}:8000/proxy/prometheus`;
    const metrics = await cluster.kubectl(['get', '--raw', path]);
    const found = metrics.matchAll(/^seldon_api_executor_server_requests_seconds_count\{.*\} (\S+)$/gm);
    counts[predictor] = [...found].reduce((sum, [, count]) => sum + Number(count), counts[predictor] ?? 0);
  }
  return counts;
}
