import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recoverFolder, writeFolder } from '../../../lib/output/write';
import { writeFiles } from '../../support/temporary';
import {
  beside,
  call,
  contents,
  filesIn,
  first,
  manifest,
  mine,
  newFolder,
  runScript,
  second,
  temporary,
} from './folders';

describe('after a failure the old files are there, and nothing else', () => {
  const broken = (folder: string, files: Readonly<Record<string, string>>): void => {
    writeFolder(folder, contents(first));
    expect(() => writeFolder(folder, contents(files))).toThrow();
    expect(filesIn(folder)).toEqual(first);
    expect(beside(folder)).toEqual([]);
  };

  test('of a name that cannot be written', () => {
    broken(newFolder(), { ...second, '40-no/such.yaml': '' });
    broken(newFolder(), { ...second, [`50-${'x'.repeat(300)}.yaml`]: '' });
  });

  test.each([
    ['writing a file', 'writeFileSync', 2, process.env.PATH],
    ['taking the old folder away', 'renameSync', 1, ''],
    ['putting the new folder in its place', 'renameSync', 2, ''],
  ])('of %s', (_, step, time, path) => {
    const folder = newFolder();
    writeFolder(folder, contents(first));
    const script = `
      const fs = require('node:fs');
      const real = fs.${step};
      let calls = 0;
      fs.${step} = (...args) => {
        if (++calls === ${time}) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        return real(...args);
      };
      ${call(folder, second)}`;
    // Without a shell in the path Node.js makes the renames itself.
    const { status, stderr } = runScript(script, { env: { ...process.env, PATH: path } });
    expect(stderr).toContain('ENOSPC');
    expect(status).toBe(1);
    expect(filesIn(folder)).toEqual(first);
    expect(beside(folder)).toEqual([]);
  });

  test('of a parent that cannot be written', () => {
    const folder = join(writeFiles(temporary, { 'a-file': '' }), 'a-file/dist');
    expect(() => writeFolder(folder, contents(first))).toThrow(/ENOTDIR|EEXIST/);
    expect(readFileSync(join(temporary, 'a-file'), 'utf8')).toBe('');
  });
});

test.each([1, 2])('what rename %i of the shell could not do is done without it', (time) => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  const bin = writeFiles(join(temporary, `bin-${time}`), {
    mv: `#!/bin/sh\necho >>"$0.calls"; [ "$(wc -l <"$0.calls")" -ne ${time} ] || exit 1\nexec /bin/mv "$@"\n`,
  });
  chmodSync(join(bin, 'mv'), 0o755);
  const PATH = `${bin}:${process.env.PATH ?? ''}`;
  const { status } = runScript(call(folder, second), { env: { ...process.env, PATH } });
  expect(status).toBe(0);
  expect(existsSync(join(bin, 'mv.calls'))).toBe(true);
  expect(filesIn(folder)).toEqual(second);
  expect(beside(folder)).toEqual([]);
});

/** Kills itself right before the given step of what it does to files: every step once, there is no luck in it. */
function killedBefore(step: number, folder: string): boolean {
  const script = `
    const fs = require('node:fs');
    let calls = 0;
    for (const name of ['mkdirSync', 'writeFileSync', 'linkSync', 'renameSync', 'rmSync']) {
      const real = fs[name];
      fs[name] = (...args) => {
        if (++calls === ${step}) process.kill(process.pid, 'SIGKILL');
        return real(...args);
      };
    }
    ${call(folder, second)}`;
  const { signal, status } = runScript(script);
  if (signal === null) expect(status).toBe(0);
  return signal === 'SIGKILL';
}

test('a run that is killed before any of its steps leaves all old or all new files, and the next one clears up', () => {
  const states: string[] = [];
  for (let step = 1; ; step += 1) {
    const folder = newFolder();
    writeFolder(folder, contents(first));
    if (!killedBefore(step, folder)) break;
    expect([first, second]).toContainEqual(filesIn(folder));
    states.push(filesIn(folder)['00-a.yaml'] === first['00-a.yaml'] ? 'old' : 'new');

    writeFolder(folder, contents(second));
    expect(filesIn(folder)).toEqual(second);
    expect(beside(folder)).toEqual([]);
  }
  expect(states.join(', ')).toMatch(/^(old, )+new(, new)*$/);
});

test('what no synthesis has written stays as it is whenever the run is killed', () => {
  for (let step = 1; ; step += 1) {
    const folder = newFolder();
    writeFolder(folder, contents(first));
    writeFiles(folder, mine);
    const wasKilled = killedBefore(step, folder);
    for (const [name, content] of Object.entries(mine)) expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
    if (!wasKilled) break;
    writeFolder(folder, contents(second));
    for (const [name, content] of Object.entries(mine)) expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
  }
});

test('a folder that was left without its name gets it back, even if nothing changes or the next run fails', () => {
  const folder = newFolder();
  const old = join(dirname(folder), '.dist.old');
  writeFolder(folder, contents(first));
  renameSync(folder, old);
  expect(writeFolder(folder, contents(first))).toBe(false);
  expect(filesIn(folder)).toEqual(first);
  renameSync(folder, old);
  expect(() => writeFolder(folder, contents({ 'no/such.yaml': '' }))).toThrow('ENOENT');
  expect(filesIn(folder)).toEqual(first);
  expect(beside(folder)).toEqual([]);
});

test('a run that changes nothing clears up too', () => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  writeFiles(dirname(folder), { '.dist.new-4194305/x': '', [`.dist.new-${process.pid}/x`]: '' });
  writeFiles(dirname(folder), { '.dist.old/x': '', '.dist.newer': '', '.other.new-1': '' });
  expect(writeFolder(folder, contents(first))).toBe(false);
  expect(beside(folder).sort()).toEqual(['.dist.newer', '.other.new-1']);
});

test('a run that is still at work keeps its folder', async () => {
  const folder = newFolder();
  const other = spawn('sleep', ['30']);
  writeFiles(dirname(folder), { [`.dist.new-${other.pid ?? 0}/x`]: '' });
  writeFolder(folder, contents(first));
  expect(beside(folder)).toEqual([`.dist.new-${other.pid ?? 0}`]);
  other.kill('SIGKILL');
  await new Promise((resolve) => other.on('close', resolve));
  writeFolder(folder, contents(first));
  expect(beside(folder)).toEqual([]);
});

test('two runs at once leave the files of one of them, whole', async () => {
  const folder = newFolder();
  const many = (value: string) =>
    Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${10 + index}-x.yaml`, manifest(value).repeat(60)]));
  const run = (files: Record<string, string>): Promise<void> =>
    new Promise((resolve) => {
      // Each writes the other's files again and again; a swap that meets the other's may fail, but never by halves.
      const script = `for (let i = 0; i < 40; i += 1) try { ${call(folder, files)} } catch {}`;
      spawn(process.execPath, ['--eval', script]).on('close', () => {
        resolve();
      });
    });
  await Promise.all([run(many('a')), run(many('b'))]);
  recoverFolder(folder);
  expect([many('a'), many('b')]).toContainEqual(filesIn(folder));
});
