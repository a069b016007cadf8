import { ask } from './cluster';
import type { Services } from './services';

export interface Report {
  /** Predictions that got no answer, or a bad one: after how many seconds, and why. */
  readonly failures: readonly string[];
  /** Runs that MLflow has acknowledged, and those that it has afterwards. */
  readonly logged: readonly string[];
  readonly kept: readonly string[];
  /** All of it in a line. */
  readonly text: string;
}

const every = 200;

/** Uses the platform without pause: predictions through the gateway, and runs in MLflow. */
export class Client {
  private stopped = false;
  private readonly begun = Date.now();
  private readonly failures: string[] = [];
  private readonly logged: string[] = [];
  private predictions = 0;
  private refused = 0;
  private readonly loops: Promise<void>[];

  private constructor(
    private readonly services: Services,
    private readonly url: string,
    private readonly mlflow: string,
    private readonly experiment: string,
  ) {
    this.loops = [this.predict(), this.log()];
  }

  static async start(services: Services): Promise<Client> {
    const url = `${await services.model('creditcard')}/api/v1.0/predictions`;
    const { experiment_id } = await services.mlflow('/mlflow/experiments/create', { name: `client ${Date.now()}` });
    return new Client(services, url, await services.mlflowUrl(), experiment_id);
  }

  async stop(): Promise<Report> {
    this.stopped = true;
    await Promise.all(this.loops);
    const search = { experiment_ids: [this.experiment], max_results: 5000 };
    const { runs = [] } = await this.services.mlflow('/mlflow/runs/search', search);
    const text =
      `${this.failures.length} of ${this.predictions} predictions failed; ` +
      `MLflow refused ${this.refused} runs and acknowledged ${this.logged.length}`;
    const kept = runs.map(({ info }: { info: { run_id: string } }) => info.run_id);
    return { failures: this.failures, logged: this.logged, kept, text };
  }

  private async predict(): Promise<void> {
    while (!this.stopped) {
      this.predictions++;
      try {
        await ask(this.url, { data: { ndarray: [[120.5, 14, 3.2, 1, 240]] } });
      } catch (error) {
        this.failures.push(`${((Date.now() - this.begun) / 1000).toFixed(1)} s: ${(error as Error).message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  private async log(): Promise<void> {
    while (!this.stopped) {
      try {
        const { run } = await ask(`${this.mlflow}/mlflow/runs/create`, { experiment_id: this.experiment });
        this.logged.push(run.info.run_id);
      } catch {
        this.refused++; // A service that is being replaced may refuse; what it has taken it must keep.
      }
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }
}
