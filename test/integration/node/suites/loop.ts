import { eventually } from '../../cluster/workspace';
import { ask } from '../cluster';
import { withModels } from '../configs';
import type { Given } from '../given';
import { exampleImage } from '../images/make';

const creditcard = '/seldon/mlops-models/creditcard';

/** From training to the alert and back, through pods only. */
export function loopTests(given: () => Given): void {
  const mlflow = (): Promise<string> => given().cluster.url('mlops-mlflow', 'mlflow-service');
  const prometheus = (): Promise<string> =>
    given().cluster.url('mlops-prometheus', 'prometheus-kube-prometheus-prometheus');
  const gateway = (): Promise<string> => given().cluster.url('istio-system', 'istio-ingressgateway');

  async function prefect(path: string, body?: object) {
    const login = await given().cluster.secret('mlops-prefect', 'prefect-login', 'auth-string');
    const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    return ask(`${await given().cluster.url('mlops-prefect', 'prefect-server')}/api${path}`, body, { authorization });
  }

  /** Runs a module of the example in a pod. */
  async function example(name: string, ...args: string[]): Promise<string> {
    const { cluster } = given();
    const env = {
      PREFECT_API_URL: `${await cluster.url('mlops-prefect', 'prefect-server')}/api`,
      PREFECT_API_AUTH_STRING: await cluster.secret('mlops-prefect', 'prefect-login', 'auth-string'),
    };
    return cluster.runPod(name, { image: exampleImage, command: ['python', '-m', ...args], env });
  }

  async function traffic(rows: number, ...options: string[]): Promise<void> {
    const url = `${await gateway()}${creditcard}`;
    const log = await example('traffic', 'creditcard.traffic', '--url', url, '--rows', String(rows), ...options);
    expect(log).toBe(`${rows} rows sent\n`);
  }

  /** Value of a query; NaN where nothing has it. */
  async function query(expression: string): Promise<number> {
    const { data } = await ask(`${await prometheus()}/api/v1/query?query=${encodeURIComponent(expression)}`);
    return Number(data.result[0]?.value[1] ?? Number.NaN);
  }

  const becomes = (expression: string, seconds: number): Promise<void> =>
    eventually(expression, async () => (await query(expression)) > 0, { seconds });

  test('MLflow keeps a run, its artifact and a registered model', async () => {
    const api = `${await mlflow()}/api/2.0`;
    const { experiment_id } = await ask(`${api}/mlflow/experiments/create`, { name: 'through the exposure' });
    const { run } = await ask(`${api}/mlflow/runs/create`, { experiment_id });
    const { run_id, artifact_uri } = run.info;
    await ask(`${api}/mlflow/runs/log-metric`, { run_id, key: 'loss', value: 0.5, timestamp: 1 });
    const path = `${api}/mlflow-artifacts/artifacts/${artifact_uri.replace(/^mlflow-artifacts:\/+/, '')}/hello.txt`;
    expect((await fetch(path, { method: 'PUT', body: 'hello' })).status).toBe(200);
    expect(await (await fetch(path)).text()).toBe('hello');
    await ask(`${api}/mlflow/registered-models/create`, { name: 'kept' });
    const found = await ask(`${api}/mlflow/runs/get?run_id=${run_id}`);
    expect(found.run.data.metrics).toMatchObject([{ key: 'loss', value: 0.5 }]);
  });

  test("the example's flow runs as a Job of Prefect's worker, and registers version 1", async () => {
    expect(await example('deploy', 'creditcard.deploy', '--image', exampleImage)).toContain('deployed');
    const { id } = await prefect('/deployments/name/train-creditcard/production');
    const { id: run } = await prefect(`/deployments/${id}/create_flow_run`, { state: { type: 'SCHEDULED' } });
    await completed(run);
    const { model_version: version } = await ask(
      `${await mlflow()}/api/2.0/mlflow/model-versions/get?name=creditcard&version=1`,
    );
    expect(version.status).toBe('READY');
  });

  async function completed(run: string): Promise<void> {
    let state = '';
    const ended = async (): Promise<boolean> => {
      state = (await prefect(`/flow_runs/${run}`)).state.type;
      return ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'].includes(state);
    };
    await eventually(`the flow run ${run} has ended`, ended, { seconds: 300 });
    const logs = await prefect('/logs/filter', { logs: { flow_run_id: { any_: [run] } }, limit: 100 });
    if (state !== 'COMPLETED')
      throw new Error(`${state}: ${logs.map(({ message }: { message: string }) => message).join('\n')}`);
  }

  test('both models are served: from the registry with one protocol, from a folder with the other', async () => {
    const { cluster, platform } = given();
    // A user puts the files of a model into the bucket; here those of the version that is registered.
    const script = [
      'set -e',
      'export MC_CONFIG_DIR=/tmp/.mc',
      'mc alias set store http://127.0.0.1:9000 "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"',
      'file=$(mc find store/mlflow --name MLmodel | head -1)',
      'mc cp --recursive "${file%MLmodel}" store/models/scoring/1/',
    ].join('\n');
    await cluster.exec('mlops-minio', 'deployment/minio', 'sh', '-c', script);
    await platform.synth(withModels);
    expect(await platform.doctor()).toContain('Nothing would stop the platform');
    await platform.deploy();
    const first = await ask(`${await gateway()}${creditcard}/api/v1.0/predictions`, {
      data: { ndarray: [[120.5, 14, 3.2, 1, 240]] },
    });
    expect(first.data.ndarray).toHaveLength(1);
    const second = await ask(`${await gateway()}/seldon/mlops-models/scoring/v2/models/scoring/infer`, {
      inputs: [{ name: 'transactions', datatype: 'FP64', shape: [1, 5], data: [120.5, 14, 3.2, 1, 240] }],
    });
    expect(second.outputs[0].data).toHaveLength(1);
  });

  test('everyday requests reach Kafka and the detector, and are no drift', async () => {
    await traffic(1000, '--feedback');
    await becomes('sum(kafka_topic_partition_current_offset{topic="predictions-creditcard"}) >= 10', 120);
    await becomes('sum(drift_rows_seen_total{model="creditcard"}) >= 1000', 180);
    expect(await query('max(drift_detected{model="creditcard"})')).toBe(0);
  });

  test('every target of Prometheus is up', async () => {
    expect(await query('count(up == 0) or vector(0)')).toBe(0);
    expect(await query('count(count by (job) (up))')).toBeGreaterThan(15);
  });

  test('shifted requests are drift: the alert fires, and one training registers version 2', async () => {
    await traffic(1000, '--shift', '1', '--seed', '2');
    await becomes('max(drift_detected{model="creditcard",detector="mmd"}) == 1', 180);
    await becomes('count(ALERTS{alertstate="firing",alertname=~"Drift.*",model="creditcard"})', 600);
    const retrainings = async (): Promise<{ id: string }[]> =>
      prefect('/flow_runs/filter', { flow_runs: { tags: { all_: ['retraining', 'model:creditcard'] } } });
    await eventually('Alertmanager starts a training', async () => (await retrainings()).length > 0, { seconds: 300 });
    const [run, ...more] = await retrainings();
    expect(more).toEqual([]);
    await completed(run?.id ?? '');
    const version = `${await mlflow()}/api/2.0/mlflow/model-versions/get?name=creditcard&version=2`;
    expect((await ask(version)).model_version.status).toBe('READY');
  });
}
