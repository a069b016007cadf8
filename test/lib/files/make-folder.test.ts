import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../lib/files/make-folder';
import { projectRoot } from '../../../lib/project';
import { nodeArguments, run } from '../../support/cli';
import { temporaryFolder } from '../../support/temporary';

const folder = temporaryFolder();

test('a folder is made with those above it, and may be there already', () => {
  const deep = join(folder, 'a/b/c');
  makeFolder(deep);
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});

test('a file in the way is an error that names it', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(`EEXIST: file already exists, mkdir '${file}'`);
  expect(() => makeFolder(join(file, 'a/b'))).toThrow(`EEXIST: file already exists, mkdir '${file}'`);
});

// In a process of its own: one that never ends could not be stopped from within.
const onLinux = process.platform === 'linux' ? test : test.skip;
const ended = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
  run('timeout', ['20', process.execPath, ...nodeArguments(command, args)], { cwd: projectRoot, env });

onLinux('a folder of archives where none can be made is an error, and not waited for', async () => {
  const env = { MLOPS_CHARTS: '/proc/none/archives' };
  writeFileSync(join(folder, 'kafka.tgz'), '');
  const { code, stderr } = await ended('charts', ['import', folder], env);
  expect(stderr).toMatch(/^\/proc\/none\/archives: cannot be written: ENOENT: .* in MLOPS_CHARTS\n$/);
  expect(code).toBe(1);
});

onLinux('an output where no folder can be made is an error, and not waited for', async () => {
  const { code, stderr } = await ended('synth', ['--out', '/proc/none/dist']);
  expect(stderr).toMatch(/^\/proc\/none\/dist: cannot be written: ENOENT: .*Nothing was written\.\n$/);
  expect(code).toBe(1);
});
