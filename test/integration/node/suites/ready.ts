import { empty } from '../configs';
import type { Given } from '../given';
import { deaf } from '../listening';
import { tableOf } from '../measures';
import { nodeStep, step } from '../step';

/** istiod sets the policy of this one back as soon as it serves it. */
const istiodsOwn = 'ValidatingWebhookConfiguration//istiod-default-validator';

/** What a user does first: synth, doctor, deploy. */
export function readyTests(given: () => Given): void {
  step('doctor finds nothing in the way', async () => {
    await given().platform.synth(empty);
    expect(await given().platform.doctor()).toContain('Nothing would stop the platform');
  });

  step('deploy makes an empty cluster ready', async () => {
    const begun = Date.now();
    await given().platform.deploy();
    process.stderr.write(`Ready ${Math.round((Date.now() - begun) / 1000)} s after npm run deploy\n`);
  });

  step('every pod became ready in its first try', async () => {
    const pods = await given().platform.pods();
    expect(pods.length).toBeGreaterThan(20);
    expect(pods.filter(({ fine }) => !fine).map(({ name }) => name)).toEqual([]);
    expect(pods.filter(({ restarts }) => restarts > 0).map(({ name, restarts }) => `${name}: ${restarts}`)).toEqual([]);
    process.stderr.write(`${await tableOf(given().cluster)}\n`);
  });

  nodeStep('every port of every Service leads to somebody who listens', async () => {
    expect(await deaf(given().cluster)).toEqual([]);
  });

  step('kubectl apply, twice, does the same as deploy', async () => {
    const { cluster, platform } = given();
    const pods = async (): Promise<string[]> => (await platform.pods()).map(({ object }) => object.metadata.uid).sort();
    const applied = async (): Promise<Record<string, number>> => {
      await cluster.kubectl(['apply', '-f', platform.folder]);
      return { ...(await cluster.generations(platform.folder)), [istiodsOwn]: 0 };
    };
    const before = await pods();
    const first = await applied();
    expect(await applied()).toEqual(first);
    expect(await pods()).toEqual(before);
    expect(await platform.problems()).toBe('');
  });
}
