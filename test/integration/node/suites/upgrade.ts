import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageCatalog } from '../../../../charts/catalog';
import { localImages } from '../../../../lib/images/local';
import type { Loose } from '../../../support/config';
import { commandsIn } from '../../../support/documents';
import { manifestsOf } from '../before';
import type { Cluster } from '../cluster';
import { empty } from '../configs';
import { Shell } from '../documented';
import type { Given } from '../given';
import { dataOf, type Ledger, lost } from '../ledger';
import { nodeAddress } from '../network';
import { logged, type LoggedRun, Services } from '../services';
import { step } from '../step';

/** Namespaces of what has data, with the workloads of before. */
const workloads = {
  'mlops-kafka': ['statefulset/kafka-controller'],
  'mlops-minio': ['deployment/minio'],
  'mlops-mlflow': ['statefulset/postgresql-mlflow', 'deployment/mlflow-tracking-server'],
  'mlops-prefect': ['statefulset/prefect-server-postgresql', 'deployment/prefect-server', 'deployment/prefect-agent'],
} as const;

/** Sections of docs/upgrading.md for what runs on the node. */
const sections = ['MLflow', 'Kafka', 'PostgreSQL', 'MinIO', 'Prefect', 'Prometheus', 'Istio', 'Seldon Core'];

/** The platform of before with data, and the present one over it, as docs/upgrading.md says. */
export function upgradeTests(given: () => Given, before: string): void {
  let kept: Kept;
  let ledger: Ledger;
  let secrets: Record<string, string>;
  let shell: Shell;

  step('the platform of before starts as its README says: with kubectl, applied twice', async () => {
    const { cluster, platform } = given();
    const apply = ['apply', '-f', manifestsOf(before)];
    await cluster.kubectl(apply).catch(() => undefined); // It knows the kinds that it defines the second time only.
    await cluster.kubectl(apply);
    try {
      for (const [namespace, names] of Object.entries(workloads))
        for (const name of names) await cluster.kubectl(['rollout', 'status', name, '-n', namespace, '--timeout=5m']);
      for (const namespace of ['mlops-minio', 'mlops-prefect'])
        await cluster.kubectl(['wait', 'job', '--all', '--for=condition=complete', '-n', namespace, '--timeout=3m']);
    } catch (error) {
      throw new Error(`${String(error)}\n${await platform.problems()}`);
    }
  });

  step('it keeps runs, a model, flow runs, objects and messages', async () => {
    const { cluster } = given();
    const services = new Services(cluster, false);
    kept = await keep(cluster, services);
    ledger = await dataOf({ cluster, services });
    secrets = await secretsOf(cluster);
    for (const [what, names] of Object.entries(ledger)) expect({ what, names }).not.toEqual({ what, names: [] });
  });

  step('doctor names each section of docs/upgrading.md that applies', async () => {
    const { platform } = given();
    await platform.synth(empty);
    const said = await platform.doctor().catch((error: unknown) => String(error));
    for (const section of sections) expect(said).toContain(`docs/upgrading.md, "${section}`);
  });

  step('the commands of docs/upgrading.md lead to the present platform', async () => {
    const { platform } = given();
    shell = await Shell.open(platform);
    await shell.follow(commandsIn('Rights', 'Before'));
    await shell.follow(commandsIn('MLflow', 'Before'));
    await shell.follow(commandsIn('Prefect', 'Before'));
    await shell.follow(commandsIn('PostgreSQL', 'What rolls'));
    await platform.deploy();
  });

  step('nothing is lost', async () => {
    const { cluster, services } = given();
    expect(lost(ledger, await dataOf({ cluster, services }))).toEqual([]);
    expect(await look(cluster, services, kept)).toEqual(asKept);
  });

  step('every key of a Secret is as it was', async () => {
    expect(await secretsOf(given().cluster)).toMatchObject(secrets);
  });

  step('what is left over goes by the documented commands, and every pod is ready', async () => {
    const { cluster, platform } = given();
    const after = ['Istio', 'Rights', 'Flow runs'].flatMap((section) => commandsIn(section, 'What you must do'));
    await shell.follow([...commandsIn('Prefect', 'What rolls'), ...after]);
    await platform.recovered(120);
    const { items } = await cluster.json('get', 'deployments,statefulsets', '-A');
    const images = items.flatMap(({ spec }: Loose) => spec.template.spec.containers.map(({ image }: Loose) => image));
    expect(images.filter((image: string) => /prefect:2|minio\/|mlflow:2|postgres:1[45]|kafka:3/.test(image))).toEqual(
      [],
    );
  });

  step('Kafka is brought to the new release by the documented command, and goes on with its messages', async () => {
    const { cluster, platform, services } = given();
    await shell.follow(commandsIn('Kafka', 'By hand'));
    await cluster.kubectl(['delete', 'pod', 'kafka-controller-0', '-n', 'mlops-kafka']);
    await cluster.kubectl(['rollout', 'status', 'statefulset/kafka-controller', '-n', 'mlops-kafka', '--timeout=3m']);
    await platform.recovered(120);
    expect(await look(cluster, services, kept)).toEqual(asKept);
  });
}

/** What was given to the services of before, by the names under which they have it. */
interface Kept {
  readonly run: LoggedRun;
  readonly flow: string;
  readonly deployment: string;
  readonly flowRun: string;
}

const messages = Array.from({ length: 100 }, (_, number) => `message ${number}`);

async function keep(cluster: Cluster, services: Services): Promise<Kept> {
  const run = await services.logRun('before');
  await services.mlflow('/mlflow/registered-models/create', { name: 'before' });
  const version = { name: 'before', source: run.folder, run_id: run.id };
  await services.mlflow('/mlflow/model-versions/create', version);
  const { id: flow } = await services.prefect('/flows/', { name: 'before' });
  const nightly = { name: 'nightly', flow_id: flow, parameters: { rows: 7 } };
  const { id: deployment } = await services.prefect('/deployments/', nightly);
  const state = { type: 'COMPLETED', name: 'Completed' };
  const first = { name: 'first', flow_id: flow, deployment_id: deployment, state };
  const { id: flowRun } = await services.prefect('/flow_runs/', first);
  await mc(cluster, 'printf before | mc pipe store/models/before/1/model');
  await ofKafka(cluster, 'write');
  return { run, flow, deployment, flowRun };
}

const asKept = {
  run: logged,
  flow: expect.objectContaining({ name: 'before' }),
  version: expect.objectContaining({ status: 'READY' }),
  deployment: expect.objectContaining({ name: 'nightly', parameters: { rows: 7 } }),
  flowRun: expect.objectContaining({ name: 'first', state: expect.objectContaining({ type: 'COMPLETED' }) }),
  object: 'before',
  messages,
};

async function look(cluster: Cluster, services: Services, kept: Kept): Promise<object> {
  const { run, flow, deployment, flowRun } = kept;
  return {
    run: await services.loggedRun(run),
    version: (await services.mlflow('/mlflow/model-versions/get?name=before&version=1')).model_version,
    flow: await services.prefect(`/flows/${flow}`),
    deployment: await services.prefect(`/deployments/${deployment}`),
    flowRun: await services.prefect(`/flow_runs/${flowRun}`),
    object: await mc(cluster, 'mc cat store/models/before/1/model'),
    messages: JSON.parse((await ofKafka(cluster, 'read')).trimEnd().split('\n').at(-1) ?? ''),
  };
}

/** Runs the client of the object store in its pod, as its administrator. */
function mc(cluster: Cluster, command: string): Promise<string> {
  const alias = 'mc alias set store http://127.0.0.1:9000 "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >&2';
  const script = `export MC_CONFIG_DIR=/tmp/.mc; ${alias}; ${command}`;
  return cluster.exec('mlops-minio', 'deployment/minio', 'sh', '-c', script);
}

/** Writes messages from outside of the cluster, or reads them. */
async function ofKafka(cluster: Cluster, what: 'write' | 'read'): Promise<string> {
  const image = localImages(imageCatalog.pins, {}).find(({ name }) => name === 'drift')?.image ?? '';
  const { port } = new URL(await cluster.url('mlops-kafka', 'kafka-external'));
  const script = readFileSync(join(__dirname, '../python/messages.py'), 'utf8');
  const args = [`${nodeAddress}:${port}`, 'predictions-before', what, String(messages.length)];
  return cluster.runPod(`messages-${what}`, { image, command: ['python', '-c', script, ...args] });
}

/** Each key of each Secret of what has data, and its value. */
async function secretsOf(cluster: Cluster): Promise<Record<string, string>> {
  const { items } = await cluster.json('get', 'secrets', '-A', '--field-selector', 'type=Opaque');
  const ours = items.filter(({ metadata }: Loose) => metadata.namespace in workloads);
  return Object.fromEntries(
    ours.flatMap(({ metadata, data }: Loose) =>
      Object.entries(data as Record<string, string>).map(([key, value]) => [
        [metadata.namespace, metadata.name, key].join('/'),
        value,
      ]),
    ),
  );
}
