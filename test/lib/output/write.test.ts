import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { foreignIn } from '../../../lib/output/folder';
import { recoverFolder, writeFolder } from '../../../lib/output/write';
import { projectRoot } from '../../../lib/project';
import { asNobody, nobody } from '../../support/nobody';
import { temporaryFolder, writeFiles } from '../../support/temporary';

const temporary = temporaryFolder();
let count = 0;

/** A name for a folder beside which there is nothing yet. */
function newFolder(): string {
  count += 1;
  return join(temporary, String(count), 'dist');
}

const contents = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files));

const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

const beside = (folder: string): string[] => readdirSync(dirname(folder)).filter((name) => name !== basename(folder));

/** A manifest as a synthesis writes it. */
const manifest = (name: string): string =>
  `kind: A\nmetadata:\n  name: ${name}\n  labels:\n    mlops-infra/platform: x\n`;

const first = { '00-a.yaml': manifest('a1'), '10-b.yaml': manifest('b1'), '20-c.yaml': manifest('c1') };
const second = { '00-a.yaml': manifest('a2'), '10-b.yaml': manifest('b1'), '30-d.yaml': manifest('d2') };

test('a folder that is not there is made, with its parents', () => {
  const folder = newFolder();
  expect(writeFolder(folder, contents(first))).toBe(true);
  expect(filesIn(folder)).toEqual(first);
  expect(beside(folder)).toEqual([]);
});

test('a folder is replaced as a whole: no file of an earlier run stays', () => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  expect(writeFolder(folder, contents(second))).toBe(true);
  expect(filesIn(folder)).toEqual(second);
  expect(beside(folder)).toEqual([]);
});

test('a folder that holds the same already is not touched', () => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  const before = { dir: statSync(folder), file: statSync(join(folder, '00-a.yaml')) };
  const longAgo = new Date('2001-01-01');
  utimesSync(join(folder, '00-a.yaml'), longAgo, longAgo);
  expect(writeFolder(folder, contents(first))).toBe(false);
  expect(statSync(folder)).toMatchObject({ ino: before.dir.ino, mtimeMs: before.dir.mtimeMs });
  expect(statSync(join(folder, '00-a.yaml'))).toMatchObject({ ino: before.file.ino, mtimeMs: longAgo.getTime() });
});

test.each([
  ['one byte differs', { '00-a.yaml': manifest('a2') }],
  ['git has left a conflict', { '00-a.yaml': `<<<<<<< ours\n${manifest('a1')}=======\nb\n>>>>>>> theirs\n` }],
  ['a file is missing', { '00-a.yaml': undefined }],
  ['there is one more', { '99-x.yaml': '' }],
])('a folder in which %s is replaced', (_, difference: Record<string, string | undefined>) => {
  const folder = newFolder();
  writeFolder(folder, contents(first));
  for (const [name, content] of Object.entries(difference)) {
    if (content === undefined) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), content);
  }
  expect(writeFolder(folder, contents(first))).toBe(true);
  expect(filesIn(folder)).toEqual(first);
});

test('everybody may read what was written', () => {
  const folder = newFolder();
  const script = `process.umask(0o022); ${call('writeFolder', folder, first)}`;
  expect(spawnSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: projectRoot }).status).toBe(0);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
  expect(statSync(join(folder, '00-a.yaml')).mode & 0o777).toBe(0o644);
});

test.each([
  ['a file of somebody else', (folder: string) => writeFiles(folder, { 'notes.txt': 'mine' }), 'notes.txt'],
  [
    'a manifest under another name',
    (folder: string) => writeFiles(folder, { 'kustomization.yaml': '' }),
    'kustomization.yaml',
  ],
  ['a folder', (folder: string) => mkdirSync(join(folder, '00-z.yaml')), '00-z.yaml'],
  ['a link', (folder: string) => symlinkSync(temporary, join(folder, '00-b.yaml')), '00-b.yaml'],
  [
    'many files of somebody else',
    (folder: string) => writeFiles(folder, { a: '', b: '', c: '', d: '', e: '' }),
    '(a, b, c and 2 more)',
  ],
])(
  'a folder that holds nothing but %s is refused: with a mistyped name the files would be among others',
  (_, add, named) => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    add(folder);
    const before = readdirSync(folder);
    expect(() => writeFolder(folder, contents(first))).toThrow('holds nothing that a synthesis has written');
    expect(() => writeFolder(folder, contents(first))).toThrow(named);
    expect(readdirSync(folder)).toEqual(before);
    expect(beside(folder)).toEqual([]);
  },
);

describe('what no synthesis has written stays as it is', () => {
  const mine = { 'notes.txt': 'mine', '50-mine.yaml': 'kind: A\nmetadata: { name: mine }\n', 'deep/er/file': 'deep' };

  test('beside the manifests, in folders too, and is named', () => {
    const folder = newFolder();
    writeFolder(folder, contents(first));
    writeFiles(folder, mine);
    symlinkSync('/nowhere', join(folder, 'link'));
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    const before = ['notes.txt', 'deep/er/file'].map((name) => statSync(join(folder, name)));
    expect(writeFolder(folder, contents(first))).toBe(false);
    expect(writeFolder(folder, contents(second))).toBe(true);
    expect(foreignIn(folder)).toEqual(['50-mine.yaml', 'closed', 'deep', 'link', 'notes.txt']);
    expect(readdirSync(folder).filter((name) => name in second)).toEqual(Object.keys(second));
    for (const [name, content] of Object.entries(mine)) expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
    const after = ['notes.txt', 'deep/er/file'].map((name) => statSync(join(folder, name)));
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(before.map(({ ino, mtimeMs }) => [ino, mtimeMs]));
    expect(readlinkSync(join(folder, 'link'))).toBe('/nowhere');
    expect(statSync(join(folder, 'closed')).mode & 0o777).toBe(0o700);
    expect(beside(folder)).toEqual([]);
  });

  test.each([
    ["a file of one's own", mine['50-mine.yaml']],
    ["a manifest with an object of one's own", `${manifest('d2')}---\n${mine['50-mine.yaml']}`],
  ])('%s under the name of a manifest is an error that names it', (_, text) => {
    const folder = newFolder();
    writeFolder(folder, contents(first));
    writeFiles(folder, { '30-d.yaml': text });
    expect(() => writeFolder(folder, contents(second))).toThrow(/30-d\.yaml would be overwritten/);
    expect(filesIn(folder)).toEqual({ ...first, '30-d.yaml': text });
  });

  test('whenever the run is killed', () => {
    for (let step = 1; ; step += 1) {
      const folder = newFolder();
      writeFolder(folder, contents(first));
      writeFiles(folder, mine);
      const wasKilled = killedBefore(step, folder);
      for (const [name, content] of Object.entries(mine))
        expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
      if (!wasKilled) break;
      writeFolder(folder, contents(second));
      for (const [name, content] of Object.entries(mine))
        expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
    }
  }, 120_000);
});

test.each(['dist', 'not-there'])('a link is written through, to %s', (name) => {
  const folder = newFolder();
  const link = join(dirname(folder), 'link');
  const target = join(dirname(folder), name);
  writeFolder(folder, contents(first));
  symlinkSync(name, link);
  expect(writeFolder(link, contents(second))).toBe(true);
  expect(readlinkSync(link)).toBe(name);
  expect(filesIn(target)).toEqual(second);
});

asNobody('where the parent cannot be written, a folder inside is named', () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  for (const path of [temporary, dirname(dirname(folder)), dirname(folder)]) chmodSync(path, 0o755);
  chmodSync(folder, 0o777);
  const { stderr } = spawnSync(
    process.execPath,
    ['--require', 'tsx/cjs', '--eval', call('writeFolder', folder, first)],
    { cwd: projectRoot, uid: nobody, gid: nobody, encoding: 'utf8' },
  );
  expect(stderr).toContain(`Give a folder inside it: --out ${join(folder, 'manifests')}`);
  expect(readdirSync(folder)).toEqual([]);
});

test('an empty folder may be filled', () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  expect(writeFolder(folder, contents(first))).toBe(true);
});

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
      ${call('writeFolder', folder, second)}`;
    // Without a shell in the path Node.js makes the renames itself.
    const { status, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
      cwd: projectRoot,
      env: { ...process.env, PATH: path },
    });
    expect(stderr.toString()).toContain('ENOSPC');
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
  const { status } = spawnSync(
    process.execPath,
    ['--require', 'tsx/cjs', '--eval', call('writeFolder', folder, second)],
    { cwd: projectRoot, env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` } },
  );
  expect(status).toBe(0);
  expect(existsSync(join(bin, 'mv.calls'))).toBe(true);
  expect(filesIn(folder)).toEqual(second);
  expect(beside(folder)).toEqual([]);
});

/** Source of a call of this module, for a process of its own. */
function call(name: string, folder: string, files: Readonly<Record<string, string>>): string {
  const module = JSON.stringify(join(projectRoot, 'lib/output/write.ts'));
  return `require(${module}).${name}(${JSON.stringify(folder)}, new Map(Object.entries(${JSON.stringify(files)})));`;
}

/** Kills itself right before the given step of what it does to files: every step once, there is no luck in it. */
function killedBefore(step: number, folder: string): boolean {
  const script = `
    const fs = require('node:fs');
    const write = require(${JSON.stringify(join(projectRoot, 'lib/output/write.ts'))}).writeFolder;
    let calls = 0;
    for (const name of ['mkdirSync', 'writeFileSync', 'linkSync', 'renameSync', 'rmSync']) {
      const real = fs[name];
      fs[name] = (...args) => {
        if (++calls === ${step}) process.kill(process.pid, 'SIGKILL');
        return real(...args);
      };
    }
    write(${JSON.stringify(folder)}, new Map(Object.entries(${JSON.stringify(second)})));`;
  const { signal, status } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
    cwd: projectRoot,
  });
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
      const script = `for (let i = 0; i < 40; i += 1) try { ${call('writeFolder', folder, files)} } catch {}`;
      spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: projectRoot }).on('close', () => {
        resolve();
      });
    });
  await Promise.all([run(many('a')), run(many('b'))]);
  recoverFolder(folder);
  expect([many('a'), many('b')]).toContainEqual(filesIn(folder));
});
