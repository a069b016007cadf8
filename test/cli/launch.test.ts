import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../lib/project';
import { copyProject, filesIn, onlyKafka, synth, writeConfig, type Outcome } from '../support/cli';
import { temporaryFolder, writeFiles } from '../support/temporary';

const folder = temporaryFolder();

describe('a program of two files', () => {
  const root = copyProject(join(folder, 'small'));
  const app = join(root, 'node_modules/.cache/mlops-infra/app');
  const word = join(root, 'lib/word.ts');
  const say = (text: string): void => {
    writeFileSync(word, `export const word: string = '${text}';\n`);
  };
  const said = async (): Promise<string> => {
    const { code, stdout, stderr } = await synth([], { root });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  writeFiles(root, { 'main.ts': "import { word } from './lib/word';\nconsole.log(word);\n" });
  beforeEach(() => {
    rmSync(app, { recursive: true, force: true });
    say('first');
  });

  test('is bundled by the first run, and the next ones use the bundle', async () => {
    expect(await said()).toBe('first\n');
    expect(readdirSync(app).sort()).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}-synth\.cjs$/),
      expect.stringMatching(/^[0-9a-f]{16}-synth\.cjs\.v[\d.]+\.bin$/),
    ]);
    // Nothing can be bundled any more.
    renameSync(join(root, 'node_modules/esbuild'), join(root, 'node_modules/gone'));
    expect(await said()).toBe('first\n');
    renameSync(join(root, 'node_modules/gone'), join(root, 'node_modules/esbuild'));
  });

  test('is bundled again when a source has changed, whatever its time is, and the old bundle goes', async () => {
    expect(await said()).toBe('first\n');
    const { atime, mtime } = statSync(word);
    say('other');
    utimesSync(word, atime, mtime);
    expect(await said()).toBe('other\n');
    expect(readdirSync(app)).toHaveLength(2);
  });

  test('is bundled again when there is one more source', async () => {
    writeFiles(root, { 'main.ts': "import { word } from './charts/word';\nconsole.log(word);\n" });
    writeFiles(root, { 'charts/word.ts': "export const word = 'new';\n" });
    expect(await said()).toBe('new\n');
    writeFiles(root, { 'charts/word.ts': "export const word = 'newer';\n" });
    expect(await said()).toBe('newer\n');
    writeFiles(root, { 'main.ts': "import { word } from './lib/word';\nconsole.log(word);\n" });
  });

  test('that is no TypeScript is an error with file and line, and not the old program', async () => {
    expect(await said()).toBe('first\n');
    writeFileSync(word, 'const = 1;\n');
    const { code, stdout, stderr } = await synth([], { root });
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/lib\/word\.ts:1:6: ERROR/);
  });

  test.each([
    ['an empty', '.cjs', () => ''],
    ['half a', '.cjs', (content: Buffer) => content.subarray(0, content.length / 2)],
    ['a damaged', '.bin', (content: Buffer) => Buffer.concat([content.subarray(0, -64), Buffer.alloc(64, 7)])],
  ])('is made again from %s cache file (%s), as a power cut leaves it', async (_, end, damage) => {
    await said();
    const file = join(app, readdirSync(app).find((name) => name.endsWith(end)) ?? '');
    const whole = readFileSync(file);
    writeFileSync(file, damage(whole));
    expect(await said()).toBe('first\n');
    const mended = readFileSync(file);
    expect(mended).not.toEqual(damage(whole));
    expect(await said()).toBe('first\n');
    expect(readFileSync(file)).toEqual(mended);
  });

  test('can be started for the first time several times at once', async () => {
    expect(await Promise.all([said(), said(), said(), said()])).toEqual(Array(4).fill('first\n'));
    expect(readdirSync(app)).toHaveLength(2);
  });
});

test('without a cache that can be written a synthesis works all the same', async () => {
  const root = copyProject(join(folder, 'whole'));
  const cache = join(root, 'node_modules/.cache/mlops-infra');
  const config = writeConfig(join(folder, 'config.json'), onlyKafka);
  const synthTo = (out: string): Promise<Outcome> => synth(['--config', config, '--out', join(folder, out)], { root });
  // Helm must be there already: it has to be unpacked somewhere.
  mkdirSync(cache, { recursive: true });
  symlinkSync(join(cacheFolder, 'bin'), join(cache, 'bin'));
  for (const name of ['app', 'helm', 'programs'])
    writeFiles(cache, { [name]: 'no folder, so nothing can be written here' });

  expect(await synthTo('without')).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(/: \d+ objects/) });
  for (const name of ['app', 'helm', 'programs']) rmSync(join(cache, name));
  expect(await synthTo('with')).toMatchObject({ code: 0 });
  expect(filesIn(join(folder, 'without'))).toEqual(filesIn(join(folder, 'with')));
});
