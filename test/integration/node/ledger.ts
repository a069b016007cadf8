import type { Cluster } from './cluster';
import type { Given } from './given';
import type { Services } from './services';

/** What was acknowledged to somebody: service → what it has of it, by names that stay. */
export type Ledger = Readonly<Record<string, readonly string[]>>;

/** Everything that the services keep, once they answer. */
export async function ledgerOf(given: Given): Promise<Ledger> {
  const { services } = given;
  await services.answer(30);
  return {
    ...(await dataOf(given)),
    'silences of Alertmanager': await services.silences(),
    'minutes of Prometheus': await minutes(services),
  };
}

/** What has been given to the services to keep. */
export async function dataOf({ cluster, services }: Pick<Given, 'cluster' | 'services'>): Promise<Ledger> {
  return {
    ...(await mlflowLedger(services)),
    'flow runs of Prefect': await flowRuns(services),
    // Kafka's topics only grow: each message has its place.
    'messages of Kafka': await messages(cluster),
    'objects of the store': await objects(cluster),
  };
}

async function mlflowLedger(services: Services): Promise<Ledger> {
  const { experiments } = await services.mlflow('/mlflow/experiments/search', { max_results: 1000 });
  const experiment_ids = experiments.map(({ experiment_id }: { experiment_id: string }) => experiment_id);
  const { runs = [] } = await services.mlflow('/mlflow/runs/search', { experiment_ids, max_results: 50_000 });
  const { model_versions = [] } = await services.mlflow('/mlflow/model-versions/search?max_results=10000');
  return {
    'runs of MLflow': runs.map(({ info }: { info: { run_id: string } }) => info.run_id),
    'versions of models': model_versions.map(({ name, version }: Record<string, string>) => `${name} ${version}`),
  };
}

async function flowRuns(services: Services): Promise<string[]> {
  const limit = 200; // Prefect gives no more at once.
  const found: string[] = [];
  for (;;) {
    const page = await services.prefect('/flow_runs/filter', { limit, offset: found.length, sort: 'ID_DESC' });
    found.push(...page.map(({ id }: { id: string }) => id));
    if (page.length < limit) return found;
  }
}

async function objects(cluster: Cluster): Promise<string[]> {
  const find =
    'export MC_CONFIG_DIR=/tmp/.mc; mc alias set store http://127.0.0.1:9000 "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >&2; mc find store';
  const listed = await cluster.exec('mlops-minio', 'deployment/minio', 'sh', '-c', find);
  // The detector replaces what it keeps.
  return listed.split('\n').filter((name) => name !== '' && !name.includes('/drift/'));
}

/** Full minutes of the last hours for which Prometheus knows what was up. */
async function minutes(services: Services): Promise<string[]> {
  const end = Math.floor(Date.now() / 60_000) * 60;
  const range = `query=count(up)&start=${end - 3 * 3600}&end=${end}&step=60`;
  const [series] = (await services.prometheus(`/api/v1/query_range?${range}`)).data.result;
  return series?.values.map(([time]: [number, string]) => String(time)) ?? [];
}

/** Each message of each topic of predictions. */
export async function messages(cluster: Cluster): Promise<string[]> {
  const ends = await cluster.exec(
    'mlops-kafka',
    'kafka-controller-0',
    ...['/opt/kafka/bin/kafka-get-offsets.sh', '--bootstrap-server', 'localhost:9092', '--exclude-internal-topics'],
  );
  return ends
    .split('\n')
    .filter((line) => /^predictions-\S+:\d+:\d+$/.test(line))
    .flatMap((line) => {
      const [topic = '', partition = '', end = '0'] = line.split(':');
      return Array.from({ length: Number(end) }, (_, offset) => `${topic} ${partition} ${offset}`);
    });
}

/** What was there before, and is not there any more. */
export function lost(before: Ledger, after: Ledger): string[] {
  return Object.entries(before).flatMap(([what, names]) => {
    const now = new Set(after[what]);
    return names.filter((name) => !now.has(name)).map((name) => `${what}: ${name}`);
  });
}
