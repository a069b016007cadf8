import { ask } from './cluster';
import type { Services } from './services';

export interface Report {
  /** Predictions that got no answer, or a bad one: after how many seconds, and why. */
  readonly failures: readonly string[];
  /** Runs that MLflow has acknowledged, and has no more. */
  readonly lost: readonly string[];
  /** Name of each service, how many of its requests failed, and the longest time without an answer. */
  readonly rows: string[][];
}

/** One that does one thing again and again. */
interface User {
  readonly of: string;
  readonly act: () => Promise<unknown>;
  /** Milliseconds from one try to the next. */
  readonly every: number;
  tries: number;
  readonly failures: string[];
  answered: number;
  /** Longest time between two answers, in milliseconds. */
  away: number;
}

/** Uses the platform without pause: predictions through the gateway, runs in MLflow, and a look at every other service. */
export class Client {
  private stopped = false;
  private readonly begun = Date.now();
  private readonly logged: string[] = [];
  private readonly users: User[];
  private readonly loops: Promise<void>[];

  private constructor(
    private readonly services: Services,
    acts: Readonly<Record<string, () => Promise<unknown>>>,
    prediction: () => Promise<unknown>,
    private readonly experiment: string,
  ) {
    const user = (of: string, act: () => Promise<unknown>, every: number): User => ({
      ...{ of, act, every, tries: 0, failures: [], answered: this.begun, away: 0 },
    });
    const logging = async (): Promise<void> => {
      const { run } = await services.mlflow('/mlflow/runs/create', { experiment_id: this.experiment });
      this.logged.push(run.info.run_id);
    };
    this.users = [
      // Several at once, so that the gateway holds several connections to a model that goes.
      ...Array.from({ length: 3 }, () => user(predictions, prediction, 100)),
      user('MLflow', logging, 300),
      ...Object.entries(acts).map(([of, act]) => user(of, act, 500)),
    ];
    this.loops = this.users.map((one) => this.repeat(one));
  }

  static async start(services: Services): Promise<Client> {
    const url = `${await services.model('creditcard')}/api/v1.0/predictions`;
    const prediction = (): Promise<unknown> => ask(url, { data: { ndarray: [[120.5, 14, 3.2, 1, 240]] } });
    const { experiment_id } = await services.mlflow('/mlflow/experiments/create', { name: `client ${Date.now()}` });
    return new Client(services, await services.pulses(), prediction, experiment_id);
  }

  /** Ends after the requests that are under way. */
  async stop(): Promise<Report> {
    this.stopped = true;
    await Promise.all(this.loops);
    for (const user of this.users) user.away = Math.max(user.away, Date.now() - user.answered);
    const search = { experiment_ids: [this.experiment], max_results: 50_000 };
    const { runs = [] } = await this.services.mlflow('/mlflow/runs/search', search);
    const kept = new Set(runs.map(({ info }: { info: { run_id: string } }) => info.run_id));
    return {
      failures: this.of(predictions).flatMap(({ failures }) => failures),
      lost: this.logged.filter((run) => !kept.has(run)),
      rows: [...new Set(this.users.map(({ of }) => of))].map((name) => {
        const users = this.of(name);
        const sum = (figure: (user: User) => number): number => users.reduce((all, user) => all + figure(user), 0);
        const away = Math.max(...users.map((user) => user.away - user.every)) / 1000;
        return [name, `${sum((user) => user.failures.length)} of ${sum((user) => user.tries)}`, `${away.toFixed(1)} s`];
      }),
    };
  }

  private of(name: string): User[] {
    return this.users.filter(({ of }) => of === name);
  }

  private async repeat(user: User): Promise<void> {
    while (!this.stopped) {
      user.tries++;
      try {
        await user.act();
        user.away = Math.max(user.away, Date.now() - user.answered);
        user.answered = Date.now();
      } catch (error) {
        user.failures.push(`${((Date.now() - this.begun) / 1000).toFixed(1)} s: ${(error as Error).message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, user.every));
    }
  }
}

const predictions = 'predictions';

/** Head of the table of a report's rows. */
export const reportHead = ['used meanwhile', 'requests that failed', 'longest time without an answer'];
