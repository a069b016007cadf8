import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { copyProject, filesIn, onlyKafka, synth, writeConfig } from '../../support/cli';
import { asNobody, nobody } from '../../support/nobody';
import { temporaryFolder } from '../../support/temporary';

const temporary = temporaryFolder();
chmodSync(temporary, 0o755); // For the other user.
let count = 0;

/** A machine with a project, a home and a folder for temporary files. */
function newMachine() {
  count += 1;
  const [root = '', home = '', tmp = ''] = ['project', 'home', 'tmp'].map((name) =>
    join(temporary, String(count), name),
  );
  for (const folder of [join(root, 'node_modules'), home, tmp]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(tmp, 0o1777);
  return { root, home, tmp, inModules: join(root, 'node_modules/.cache/mlops-infra') };
}

type Machine = ReturnType<typeof newMachine>;

/** Where the cache of the project is, for a process of its own: the environment of this one is not the real one. */
function cacheOn({ root, home, tmp }: Machine, { uid, env = {} }: { uid?: number; env?: object } = {}): string {
  const script = `console.log(require(${JSON.stringify(join(projectRoot, 'lib/files/cache-folder.cjs'))}).cacheFolderOf('${root}'))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--eval', `process.umask(0o022); ${script}`], {
    ...{ uid, gid: uid, env: { HOME: home, TMPDIR: tmp, ...env }, cwd: '/', encoding: 'utf8' },
  });
  expect(stderr).toBe('');
  return stdout.trim();
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('the cache is in node_modules, so that it is removed with the packages', () => {
  const machine = newMachine();
  expect(cacheOn(machine)).toBe(machine.inModules);
  expect(existsSync(machine.inModules)).toBe(true);
  expect(readdirSync(machine.home)).toEqual([]);
});

test('where node_modules cannot be written, it is in the home or in XDG_CACHE_HOME, closed to others', () => {
  const machine = newMachine();
  writeFileSync(join(machine.root, 'node_modules/.cache'), 'no folder');
  const inHome = join(machine.home, '.cache/mlops-infra');
  expect(cacheOn(machine)).toBe(inHome);
  expect(modeOf(inHome)).toBe(0o700);
  const elsewhere = join(machine.home, 'elsewhere');
  expect(cacheOn(machine, { env: { XDG_CACHE_HOME: elsewhere } })).toBe(join(elsewhere, 'mlops-infra'));
  expect(cacheOn(machine, { env: { XDG_CACHE_HOME: 'relative' } })).toBe(inHome);
});

test('without a home it is in a private folder among the temporary files', () => {
  const machine = newMachine();
  writeFileSync(join(machine.root, 'node_modules/.cache'), 'no folder');
  const folder = cacheOn(machine, { env: { HOME: '/proc/nowhere' } });
  expect(folder).toBe(join(machine.tmp, `mlops-infra-${process.getuid?.() ?? ''}`));
  expect(modeOf(folder)).toBe(0o700);
});

test('a folder that others may write to is not used, wherever it is', () => {
  const machine = newMachine();
  mkdirSync(machine.inModules, { recursive: true });
  chmodSync(machine.inModules, 0o777);
  const inHome = join(machine.home, '.cache/mlops-infra');
  expect(cacheOn(machine)).toBe(inHome);
  chmodSync(inHome, 0o770);
  const inTmp = cacheOn(machine);
  expect(inTmp).toMatch(machine.tmp);
  chmodSync(inTmp, 0o707);
  expect(cacheOn(machine)).toBe(join(devNull, 'mlops-infra'));
});

test('a link is not followed: it may lead elsewhere the next time', () => {
  const machine = newMachine();
  writeFileSync(join(machine.root, 'node_modules/.cache'), 'no folder');
  symlinkSync(machine.home, join(machine.tmp, `mlops-infra-${process.getuid?.() ?? ''}`));
  expect(cacheOn(machine, { env: { HOME: '/proc/nowhere' } })).toBe(join(devNull, 'mlops-infra'));
});

asNobody('a folder that somebody else has made is not used', () => {
  const machine = newMachine();
  const planted = join(machine.tmp, `mlops-infra-${nobody}`);
  mkdirSync(planted, { mode: 0o700 });
  chownSync(planted, nobody + 1, nobody + 1);
  expect(cacheOn(machine, { uid: nobody, env: { HOME: '/proc/nowhere' } })).toBe(join(devNull, 'mlops-infra'));
});

asNobody('what the owner of the packages has filled is read by another user who can write nowhere', () => {
  const machine = newMachine();
  const filled = cacheOn(machine);
  chmodSync(machine.tmp, 0o755);
  expect(cacheOn(machine, { uid: nobody, env: { HOME: '/proc/nowhere' } })).toBe(filled);
});

asNobody('a project that root has installed is synthesized by another user, who gets the same manifests', async () => {
  const { root, tmp, inModules } = newMachine();
  copyProject(root);
  const config = writeConfig(join(root, 'small.json'), onlyKafka);
  const mine = join(root, '../mine');
  const theirs = join(tmp, 'theirs');
  const synthesize = (out: string, options: object) => synth(['--config', config, '--out', out], { root, ...options });
  expect(await synthesize(theirs, { uid: nobody, env: { HOME: '/proc/nowhere', TMPDIR: tmp } })).toEqual({
    ...{ code: 0, stderr: '', stdout: expect.stringMatching(/: \d+ objects/) },
  });
  expect(existsSync(inModules)).toBe(false);
  expect(readdirSync(join(tmp, `mlops-infra-${nobody}`)).sort()).toEqual(['app', 'bin', 'helm', 'programs', 'yaml']);
  expect(await synthesize(mine, {})).toMatchObject({ code: 0 });
  expect(filesIn(theirs)).toEqual(filesIn(mine));
});
