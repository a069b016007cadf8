import type { Config } from '../../../../charts/config';
import { Client } from '../client';
import { creditcard, scoring, withModels } from '../configs';
import type { Given } from '../given';
import { ledgerOf, lost } from '../ledger';

const second = { name: 'creditcard', version: 2 };

/** Each change starts from the one before. */
const changes: readonly { readonly what: string; readonly config: Config }[] = [
  {
    what: 'a canary gets half of the requests',
    config: { ...withModels, models: [{ ...creditcard, canary: { registeredModel: second, traffic: 50 } }, scoring] },
  },
  {
    what: 'the new version takes the place of the old one',
    config: { ...withModels, models: [{ ...creditcard, registeredModel: second }, scoring] },
  },
  {
    what: 'Kafka gets more memory',
    config: {
      ...withModels,
      size: { profile: 'laptop', overrides: { kafka: { memory: '1280Mi' } } },
      models: [{ ...creditcard, registeredModel: second }, scoring],
    },
  },
];

/**
 * Seldon's executor closes idle connections as soon as it is told to end, without a delay (Seldon Core 1.17,
 * executor/cmd/executor/main.go, shutdown_delay). A request that the gateway sends on one at that moment is lost: seen once.
 */
const onClosedConnection = /503: .*connection termination/;
/** Connections of the gateway to the pod that ends: one for each of its threads here. */
const connections = 2;

/** What a user changes while others use the platform. */
export function changeTests(given: () => Given): void {
  test.each(changes)('$what while clients send predictions and log runs', async ({ config }) => {
    const { platform } = given();
    const before = await ledgerOf(given());
    const client = await Client.start(given().services);
    await platform.synth(config);
    await platform.deploy();
    await new Promise((resolve) => setTimeout(resolve, 5000)); // What ends late shows as well.
    const report = await client.stop();
    process.stderr.write(`${[report.text, ...report.failures].join('\n')}\n`);
    expect(report.failures.filter((failure) => !onClosedConnection.test(failure))).toEqual([]);
    expect(report.failures.length).toBeLessThanOrEqual(connections);
    expect(report.logged.filter((run) => !report.kept.includes(run))).toEqual([]);
    expect(lost(before, await ledgerOf(given()))).toEqual([]);
  });
}
