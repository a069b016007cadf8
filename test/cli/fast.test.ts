import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../lib/project';
import { copyProject, filesIn, synth, writeConfig } from '../support/cli';
import { temporaryFolder, writeFiles } from '../support/temporary';

// Every change is made in a copy of the project.
const folder = temporaryFolder();
const root = copyProject(join(folder, 'project'));
const cache = join(root, 'node_modules/.cache/mlops-infra');
const app = join(cache, 'app');
const config = writeConfig(join(folder, 'config.ts'));
const report = join(root, 'cli/synth.ts');

// The copy takes the unpacked programs over; everything else it makes itself.
mkdirSync(cache, { recursive: true });
symlinkSync(join(cacheFolder, 'bin'), join(cache, 'bin'));

const runOnce = (out = 'dist') => synth(['--config', config, '--out', join(folder, out)], { root });

const works = async (): Promise<void> => {
  expect(await runOnce()).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(/: \d+ objects/) });
};

const bundles = (): string[] => readdirSync(app).filter((name) => name.endsWith('.cjs'));

test('the first run makes a bundle, the next ones use it', async () => {
  await works();
  expect(readdirSync(app).sort()).toEqual([
    expect.stringMatching(/^[0-9a-f]{16}\.cjs$/),
    expect.stringMatching(/^[0-9a-f]{16}\.cjs\.v[\d.]+\.bin$/),
  ]);
  const [bundle = ''] = bundles();
  const marked = readFileSync(join(app, bundle), 'utf8').replace(' objects in ', ' marked objects in ');
  writeFileSync(join(app, bundle), marked);
  expect((await runOnce()).stdout).toContain(' marked objects in ');
  rmSync(app, { recursive: true });
});

test('a changed source is seen, whatever its time is, and the old bundle goes', async () => {
  await works();
  const before = bundles();
  const source = readFileSync(report, 'utf8');
  writeFileSync(report, source.replace(' objects in ', ' changed objects in '));
  utimesSync(report, new Date('2001-01-01'), new Date('2001-01-01'));
  expect((await runOnce()).stdout).toContain(' changed objects in ');
  expect(bundles()).toHaveLength(1);
  expect(bundles()).not.toEqual(before);

  writeFileSync(report, source);
  expect((await runOnce()).stdout).not.toContain('changed objects');
});

test('a new source is seen', async () => {
  writeFiles(root, { 'lib/added.ts': 'export const word = "added";\n' });
  const source = readFileSync(report, 'utf8');
  writeFileSync(
    report,
    `import { word } from '../lib/added';\n${source.replace(' objects in ', ' ${word} objects in ')}`,
  );
  expect((await runOnce()).stdout).toContain(' added objects in ');
  writeFiles(root, { 'lib/added.ts': 'export const word = "altered";\n' });
  expect((await runOnce()).stdout).toContain(' altered objects in ');
  writeFileSync(report, source);
  rmSync(join(root, 'lib/added.ts'));
});

test('a source that is no TypeScript is an error with file and line, and not the old program', async () => {
  const source = readFileSync(report, 'utf8');
  appendFileSync(report, 'const = 1;\n');
  const { code, stderr } = await runOnce();
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/cli\/synth\.ts:\d+:6: ERROR/);
  writeFileSync(report, source);
  await works();
});

test.each([
  ['empty bundle', '.cjs', () => ''],
  ['half a bundle', '.cjs', (content: Buffer) => content.subarray(0, content.length / 2)],
  [
    'damaged compiled code',
    '.bin',
    (content: Buffer) => Buffer.concat([content.subarray(0, 999), Buffer.alloc(99, 7)]),
  ],
])('%s, as a power cut leaves it, is made again', async (_, end, damage) => {
  await works();
  const file = join(app, readdirSync(app).find((name) => name.endsWith(end)) ?? '');
  const whole = readFileSync(file);
  writeFileSync(file, damage(whole));
  await works();
  expect(readFileSync(file).length).toBeGreaterThan(whole.length * 0.9);
});

test('first runs at once all work', async () => {
  rmSync(app, { recursive: true, force: true });
  const outcomes = await Promise.all(['one', 'two', 'three'].map((name) => runOnce(name)));
  for (const { code, stderr } of outcomes) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(join(folder, 'one'))).toEqual(filesIn(join(folder, 'three')));
  expect(readdirSync(app)).toHaveLength(2);
});

test('without a cache that can be written it works all the same', async () => {
  rmSync(join(folder, 'dist'), { recursive: true });
  for (const name of ['app', 'helm', 'jobs']) {
    rmSync(join(cache, name), { recursive: true, force: true });
    writeFiles(cache, { [name]: 'no folder: nothing can be written below' });
  }
  await works();
  expect(filesIn(join(folder, 'dist'))).toEqual(filesIn(join(folder, 'one')));
});
