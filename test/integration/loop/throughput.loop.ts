import { eventually } from '../cluster/workspace';
import { Detector } from './detector';
import { without } from './equipment';
import { numbers, registerReference } from './reference';
import { sendMany } from './stream';
import { temporaryWorld, watched, type World } from './world';

const missing = without('postgresql', 'kafka', 'silo', 'mc', 'mlflow', 'drift');
const given = missing === '' ? test : test.skip;

const features = 30;
/** A request of one row is what costs most. */
const batch = 1;
/** Ten million take about an hour: MLOPS_LOOP_ROWS=10000000. */
const count = Number(process.env.MLOPS_LOOP_ROWS ?? 300_000);
const leastRowsPerSecond = 2000;
const mostMebibytes = 512;

const theWorld = temporaryWorld(missing, watched({ detectors: ['mmd', 'ks', 'psi'] }));
let world: World;
beforeAll(async () => {
  if (missing !== '') return;
  world = theWorld();
  await world.serveNeighbours();
  const random = numbers(3);
  const normal = (): number =>
    Array.from({ length: 12 }, () => random.next().value).reduce((sum, one) => sum + one) - 6;
  const line = (next: () => unknown): string => Array.from({ length: features }, next).join(',');
  const names = Array.from({ length: features }, (_, index) => `x${index}`).join(',');
  const reference = Array.from({ length: 5000 }, () => line(normal));
  await registerReference(world, 'creditcard', [names, ...reference, ''].join('\n'));
});

given(
  `${count} rows of ${features} features are read at ${leastRowsPerSecond} a second or more, in ${mostMebibytes} MiB${missing}`,
  async () => {
    const detector = await Detector.start(world);
    const seen = async (): Promise<number> => (await detector.value('drift_rows_seen_total')) || 0;
    const begun = Date.now();
    const arriving = sendMany(world, count, batch, features);
    await eventually('all rows are seen', async () => (await seen()) >= count, {
      seconds: count / 1000,
      program: detector.program,
    });
    const seconds = (Date.now() - begun) / 1000;
    await arriving;
    const peak = detector.peakMemory();
    process.stderr.write(
      `${count} rows in ${seconds.toFixed(0)} s: ${(count / seconds).toFixed(0)} rows/s, peak ${peak.toFixed(0)} MiB\n`,
    );
    expect(await seen()).toBe(count);
    expect(count / seconds).toBeGreaterThan(leastRowsPerSecond);
    expect(peak).toBeLessThan(mostMebibytes);
  },
  Math.max(300_000, count + 120_000),
);
