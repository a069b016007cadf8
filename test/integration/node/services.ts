import type { Loose } from '../../support/config';
import { eventually } from '../cluster/workspace';
import { ask, type Cluster } from './cluster';
import { exampleImage } from './images/make';
import { failureOf } from './listening';

/** A run in MLflow. */
export interface LoggedRun {
  readonly id: string;
  /** MLflow's name of where its artifacts are. */
  readonly folder: string;
  /** Address of its artifact. */
  readonly artifact: string;
}

/** What MLflow has of a run that `logRun` has made. */
export const logged = { loss: 0.5, artifact: 'hello' };

/** The services of the platform, asked from outside as their users ask them. */
export class Services {
  /** @param login whether Prefect asks for a password, as it does from version 3 on */
  constructor(
    private readonly cluster: Cluster,
    private readonly login = true,
  ) {}

  /** MLflow's API. @param path below /api/2.0 */
  async mlflow(path: string, body?: object): Promise<Loose> {
    return ask(`${await this.mlflowUrl()}${path}`, body);
  }

  async mlflowUrl(): Promise<string> {
    return `${await this.cluster.url('mlops-mlflow', 'mlflow-service')}/api/2.0`;
  }

  /** Lets MLflow keep a run with a metric and an artifact, in an experiment of its own. */
  async logRun(experiment: string): Promise<LoggedRun> {
    const { experiment_id } = await this.mlflow('/mlflow/experiments/create', { name: experiment });
    const { run } = await this.mlflow('/mlflow/runs/create', { experiment_id });
    const { run_id: id, artifact_uri: folder } = run.info;
    await this.mlflow('/mlflow/runs/log-metric', { run_id: id, key: 'loss', value: 0.5, timestamp: 1 });
    const artifacts = `${await this.mlflowUrl()}/mlflow-artifacts/artifacts`;
    const artifact = `${artifacts}/${folder.replace(/^mlflow-artifacts:\/+/, '')}/hello.txt`;
    const { ok, status } = await fetch(artifact, { method: 'PUT', body: 'hello' });
    if (!ok) throw new Error(`${artifact}: status ${status}`);
    return { id, folder, artifact };
  }

  /** What MLflow has of such a run. */
  async loggedRun({ id, artifact }: LoggedRun): Promise<object> {
    const { run } = await this.mlflow(`/mlflow/runs/get?run_id=${id}`);
    const { key, value } = run.data.metrics[0];
    return { [key]: value, artifact: await (await fetch(artifact)).text() };
  }

  /** Prefect's API. @param path below /api */
  async prefect(path: string, body?: object): Promise<Loose> {
    const [url, login] = await this.prefectAccess();
    return ask(`${url}${path}`, body, { authorization: `Basic ${Buffer.from(login).toString('base64')}` });
  }

  private async prefectAccess(): Promise<[string, string]> {
    const url = await this.cluster.url('mlops-prefect', 'prefect-server');
    const login = this.login ? await this.cluster.secret('mlops-prefect', 'prefect-login', 'auth-string') : '';
    return [`${url}/api`, login];
  }

  /** Waits until a flow run is completed. @throws Error with its log, where it ends otherwise */
  async completed(run: string, seconds = 300): Promise<void> {
    let state = '';
    const ended = async (): Promise<boolean> => {
      state = (await this.prefect(`/flow_runs/${run}`)).state.type;
      return ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'].includes(state);
    };
    await eventually(`the flow run ${run} has ended`, ended, { seconds, every: 1000 });
    if (state === 'COMPLETED') return;
    const logs: Loose[] = await this.prefect('/logs/filter', { logs: { flow_run_id: { any_: [run] } }, limit: 100 });
    throw new Error(`${state}: ${logs.map(({ message }) => message).join('\n')}`);
  }

  /** Prometheus' API. */
  async prometheus(path: string): Promise<Loose> {
    return ask(`${await this.cluster.url('mlops-prometheus', 'prometheus-kube-prometheus-prometheus')}${path}`);
  }

  /** Value of a query to Prometheus; NaN where nothing has it. */
  async query(expression: string): Promise<number> {
    const { data } = await this.prometheus(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    return Number(data.result[0]?.value[1] ?? Number.NaN);
  }

  /** Silences an alert that never fires for a day. */
  async silence(): Promise<void> {
    await this.amtool('silence', 'add', 'alertname=Never', '--duration=24h', '--author=tests', '--comment=kept');
  }

  /** IDs of Alertmanager's silences. */
  async silences(): Promise<string[]> {
    return (await this.amtool('silence', 'query', '--quiet')).split('\n').filter((line) => line !== '');
  }

  /** Alertmanager's own client, in its pod: nothing leads there from outside. */
  private amtool(...args: string[]): Promise<string> {
    const pod = 'alertmanager-prometheus-kube-prometheus-alertmanager-0';
    return this.cluster.exec('mlops-prometheus', pod, 'amtool', '--alertmanager.url=http://localhost:9093', ...args);
  }

  /** Waits until a query has a result. */
  becomes(expression: string, seconds: number): Promise<void> {
    return eventually(expression, async () => !Number.isNaN(await this.query(expression)), { seconds, every: 1000 });
  }

  /** A look at every service that has an address outside, but MLflow and the models: name → what fails while it is away. */
  async pulses(): Promise<Readonly<Record<string, () => Promise<unknown>>>> {
    const [prefect] = await this.prefectAccess();
    const store = await this.cluster.url('mlops-minio', 'minio');
    const kafka = new URL(await this.cluster.url('mlops-kafka', 'kafka-external'));
    const prometheus = await this.cluster.url('mlops-prometheus', 'prometheus-kube-prometheus-prometheus');
    const answers = async (url: string): Promise<void> => {
      const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(5000) });
      if (!ok) throw new Error(`${url}: status ${status}`);
    };
    return {
      Prefect: () => answers(`${prefect}/health`),
      'the object store': () => answers(`${store}/minio/health/live`),
      Kafka: async () => {
        const failure = await failureOf(kafka.hostname, Number(kafka.port));
        if (failure !== undefined) throw new Error(`${kafka.host}: ${failure}`);
      },
      Prometheus: () => answers(`${prometheus}/-/ready`),
    };
  }

  /** Waits until each of them answers: a node takes a moment before it leads to a pod that has become ready. */
  async answer(seconds: number): Promise<void> {
    const mlflow = (): Promise<unknown> => this.mlflow('/mlflow/experiments/search', { max_results: 1 });
    for (const [name, look] of Object.entries({ ...(await this.pulses()), MLflow: mlflow })) {
      const answers = (): Promise<boolean> => look().then(() => true);
      await eventually(`${name} answers`, answers, { seconds, every: 500 });
    }
  }

  /** Address of a model behind Istio's gateway. */
  async model(name: string): Promise<string> {
    return `${await this.cluster.url('istio-system', 'istio-ingressgateway')}/seldon/mlops-models/${name}`;
  }

  /** Runs a module of the example in a pod, and gives its log. */
  async example(name: string, ...args: string[]): Promise<string> {
    const [url, login] = await this.prefectAccess();
    const env = { PREFECT_API_URL: url, PREFECT_API_AUTH_STRING: login };
    return this.cluster.runPod(name, { image: exampleImage, command: ['python', '-m', ...args], env });
  }

  /** Sends rows to the example's model. */
  async traffic(rows: number, ...options: string[]): Promise<void> {
    const where = ['--url', await this.model('creditcard'), '--rows', String(rows)];
    await this.example('traffic', 'creditcard.traffic', ...where, ...options);
  }
}
