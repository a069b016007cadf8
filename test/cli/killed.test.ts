import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../lib/project';
import { filesIn, synth, nodeArguments, writeConfig } from '../support/cli';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const configs = ['one', 'two'].map((name) => writeConfig(join(folder, `${name}.json`), { name }));
let known: Record<string, string>[] = [];
/** How long a shell takes for two renames, in milliseconds, where the machine has nothing else to do. */
const settling = 50;
/** How long a run takes here and now, in milliseconds. */
let duration = 0;
/** How many runs are killed, spread over the time that one takes. */
const moments = 40;

beforeAll(async () => {
  for (const [index, config] of configs.entries()) {
    await synth(['--config', config, '--out', join(folder, 'known', String(index))]);
    const start = performance.now();
    await synth(['--config', config, '--out', join(folder, 'timed', String(index))]);
    duration = Math.max(duration, performance.now() - start);
  }
  known = [0, 1].map((index) => filesIn(join(folder, 'known', String(index))));
  expect(known[0]).not.toEqual(known[1]);
  expect(Object.keys(known[0] ?? {}).length).toBeGreaterThan(10);
});

/** Starts a run that would change the output, kills it when told, and gives which of the two outputs is there then. */
async function killed(place: string, when: (kill: () => void, parent: string) => () => void): Promise<string> {
  const parent = join(folder, place);
  const dist = join(parent, 'dist');
  const state = (): number => known.findIndex((files) => JSON.stringify(files) === JSON.stringify(filesIn(dist)));
  if (!existsSync(dist)) {
    mkdirSync(parent, { recursive: true });
    await synth(['--config', configs[0] ?? '', '--out', dist]);
  }
  const before = state();
  const next = before === 0 ? 1 : 0;
  const child = spawn(process.execPath, nodeArguments('synth', ['--config', configs[next] ?? '', '--out', dist]), {
    cwd: projectRoot,
    stdio: 'ignore',
  });
  const stop = when(() => child.kill('SIGKILL'), parent);
  const signal = await new Promise((resolve) =>
    child.on('close', (_, by) => {
      resolve(by);
    }),
  );
  stop();
  // A swap that had begun is finished by the shell that makes it, a moment after the run is gone.
  await sleep(settling);
  for (let tries = 0; !existsSync(dist) && tries < 100; tries += 1) await sleep(settling);
  if (!existsSync(dist)) return 'without a name';
  const after = state();
  const how = signal === null ? 'finished' : 'killed';
  if (after === before) return `${how}, old`;
  return after === next ? `${how}, new` : `${how}, DAMAGED`;
}

/** A run that ends by itself, after which nothing may be left of those that were killed. */
async function settles(place: string): Promise<void> {
  const dist = join(folder, place, 'dist');
  const { code } = await synth(['--config', configs[1] ?? '', '--out', dist]);
  expect(code).toBe(0);
  expect(filesIn(dist)).toEqual(known[1]);
  expect(readdirSync(join(folder, place))).toEqual(['dist']);
}

const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};

test('a run that is killed at any moment leaves a whole output, old or new', async () => {
  const outcomes: string[] = [];
  const kills = (): number => outcomes.filter((outcome) => outcome.startsWith('killed')).length;
  while (kills() < moments) {
    // From the very start to the end, which is earlier or later as the machine has other things to do.
    const start = performance.now();
    const outcome = await killed('any', (kill) => {
      const timer = setTimeout(kill, (kills() / moments) * duration);
      return () => {
        clearTimeout(timer);
      };
    });
    if (outcome.startsWith('finished')) duration = performance.now() - start - settling;
    outcomes.push(outcome);
  }
  expect(Object.keys(tally(outcomes)).filter((outcome) => !/, (old|new)$/.test(outcome))).toEqual([]);
  await settles('any');
}, 120_000);

test('a run that is killed while it writes leaves a whole output, old or new', async () => {
  const kills = 20;
  const outcomes: string[] = [];
  for (let index = 0; index < kills; index += 1) {
    const outcome = await killed('aimed', (kill, parent) => {
      // The folder of the new output is the first thing that a run makes; writing takes a few milliseconds.
      const watcher = watch(parent, (_, name) => {
        if (name?.startsWith('.dist.new-') !== true) return;
        const end = performance.now() + (index / kills) * 4;
        while (performance.now() < end);
        kill();
      });
      return () => {
        watcher.close();
      };
    });
    outcomes.push(outcome);
  }
  const counts = tally(outcomes);
  expect(Object.keys(counts).filter((outcome) => !/, (old|new)$/.test(outcome))).toEqual([]);
  expect(counts['killed, old'] ?? 0).toBeGreaterThan(0);
  await settles('aimed');
}, 120_000);
