import type { Loose } from '../../support/config';
import { eventually } from '../cluster/workspace';
import { ask, type Cluster } from './cluster';
import { exampleImage } from './images/make';

/** The services of the platform, asked from outside as their users ask them. */
export class Services {
  constructor(private readonly cluster: Cluster) {}

  /** MLflow's API. @param path below /api/2.0 */
  async mlflow(path: string, body?: object): Promise<Loose> {
    return ask(`${await this.mlflowUrl()}${path}`, body);
  }

  async mlflowUrl(): Promise<string> {
    return `${await this.cluster.url('mlops-mlflow', 'mlflow-service')}/api/2.0`;
  }

  /** Prefect's API. @param path below /api */
  async prefect(path: string, body?: object): Promise<Loose> {
    const [url, login] = await this.prefectAccess();
    return ask(`${url}${path}`, body, { authorization: `Basic ${Buffer.from(login).toString('base64')}` });
  }

  private async prefectAccess(): Promise<[string, string]> {
    const url = await this.cluster.url('mlops-prefect', 'prefect-server');
    return [`${url}/api`, await this.cluster.secret('mlops-prefect', 'prefect-login', 'auth-string')];
  }

  /** Waits until a flow run is completed. @throws Error with its log, where it ends otherwise */
  async completed(run: string, seconds = 300): Promise<void> {
    let state = '';
    const ended = async (): Promise<boolean> => {
      state = (await this.prefect(`/flow_runs/${run}`)).state.type;
      return ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'].includes(state);
    };
    await eventually(`the flow run ${run} has ended`, ended, { seconds });
    if (state === 'COMPLETED') return;
    const logs: Loose[] = await this.prefect('/logs/filter', { logs: { flow_run_id: { any_: [run] } }, limit: 100 });
    throw new Error(`${state}: ${logs.map(({ message }) => message).join('\n')}`);
  }

  /** Value of a query to Prometheus; NaN where nothing has it. */
  async query(expression: string): Promise<number> {
    const url = await this.cluster.url('mlops-prometheus', 'prometheus-kube-prometheus-prometheus');
    const { data } = await ask(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    return Number(data.result[0]?.value[1] ?? Number.NaN);
  }

  /** Waits until a query has a result. */
  becomes(expression: string, seconds: number): Promise<void> {
    return eventually(expression, async () => !Number.isNaN(await this.query(expression)), { seconds });
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
