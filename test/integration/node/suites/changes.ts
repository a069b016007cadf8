import type { Config } from '../../../../charts/config';
import { eventually } from '../../cluster/workspace';
import { Client, reportHead } from '../client';
import { ask } from '../cluster';
import { creditcard, scoring, withModels } from '../configs';
import type { Given } from '../given';
import { ledgerOf, lost, messages } from '../ledger';
import { markdown } from '../measures';
import { step } from '../step';

type Change = (config: Config) => Config;

const ofCreditcard =
  (change: Partial<typeof creditcard>): Change =>
  (config) => ({ ...config, models: [{ ...creditcard, ...change }, scoring] });

const second = { name: 'creditcard', version: 2 };

/** What a user changes while others use the platform; each change is on top of those before. */
export function changeTests(given: () => Given): void {
  let config: Config = withModels;

  /** Changes the config and deploys it, as a user does, while clients are at work. */
  async function change(edit: Change): Promise<void> {
    const { platform, services } = given();
    const before = await ledgerOf(given());
    const client = await Client.start(services);
    config = edit(config);
    await platform.synth(config);
    await platform.deploy();
    await new Promise((resolve) => setTimeout(resolve, 5000)); // What ends late shows as well.
    const report = await client.stop();
    process.stderr.write(`${markdown([reportHead, ...report.rows])}\n`);
    expect(report.failures).toEqual([]);
    expect(report.lost).toEqual([]);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
  }

  step('a canary gets half of the requests', async () => {
    await change(ofCreditcard({ canary: { registeredModel: second, traffic: 50 } }));
  });

  step('the new version takes the place of the old one', async () => {
    await change(ofCreditcard({ registeredModel: second }));
    const { cluster } = given();
    const { items } = await cluster.json('get', 'pods', '-n', 'mlops-models', '-l', 'seldon-deployment-id=creditcard');
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items[0].spec.initContainers)).toContain('models:/creditcard/2');
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
}

async function predict({ services }: Given, times: number): Promise<void> {
  const url = `${await services.model('creditcard')}/api/v1.0/predictions`;
  for (let i = 0; i < times; i++) await ask(url, { data: { ndarray: [[120.5, 14, 3.2, 1, 240]] } });
}
