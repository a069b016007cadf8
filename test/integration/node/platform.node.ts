import { empty } from './configs';
import { Node } from './node';
import { Platform } from './platform';
import { prepared } from './prepare';

// The whole platform as pods, each step on top of the one before.

let node: Node;
let platform: Platform;

beforeAll(async () => {
  node = await Node.start(prepared().programs);
  platform = new Platform(node);
}, 240_000);
afterAll(async () => {
  await node?.stop();
});

test('doctor finds nothing in the way of a platform without models', async () => {
  await platform.synth(empty);
  expect(await platform.doctor()).not.toContain('would stop');
});

test('deploy makes an empty cluster ready', async () => {
  const begun = Date.now();
  await platform.deploy();
  process.stderr.write(`ready after ${Math.round((Date.now() - begun) / 1000)} s\n`);
  process.stderr.write((await node.plane.kubectl(['get', 'pods', '-A', '-o', 'wide'])).stdout);
});
