import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { originalCharts } from '../../charts/catalog';
import { helmCharts } from '../../charts/config';
import { projectRoot } from '../../lib/project';
import { Workspace } from '../lib/helm/archives/workspace';

const workspace = new Workspace();
const lockFile = join(projectRoot, 'charts.lock.json');
const readLockFile = (): string | undefined => (existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : undefined);

afterAll(() => workspace.remove());

function charts(...args: string[]): { readonly status: number | null; readonly out: string; readonly error: string } {
  const folder = join(workspace.folder, 'archives');
  const nobody = 'http://127.0.0.1:1'; // A port that needs root to listen on, and that nothing uses.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', 'tsx/cjs', join(projectRoot, 'cli/charts.ts'), ...args],
    {
      cwd: projectRoot,
      encoding: 'utf8',
      env: { ...process.env, MLOPS_CHARTS: folder, HTTPS_PROXY: nobody },
    },
  );
  return { status, out: stdout, error: stderr };
}

test('every chart that we bundle has an original with everything that the list shows', () => {
  expect(originalCharts).toHaveLength(Object.keys(helmCharts).length);
  for (const chart of originalCharts) {
    expect(chart.repository).toMatch(/^(https|oci):\/\/[^/]+\/?.*[^/]$/);
    expect(chart.licence).toMatch(/^[A-Z]/);
    expect(chart.upkeep).toMatch(/\.$/);
  }
});

test('list prints every pin with its repository, licence and upkeep', () => {
  const { status, out } = charts('list');
  expect(status).toBe(0);
  for (const { name, version, appVersion, repository, licence, upkeep } of originalCharts) {
    expect(out).toContain(`${name} ${version}  installs ${appVersion}  ${licence}`);
    expect(out).toContain(repository);
    expect(out).toContain(upkeep);
  }
});

test('verify fails with one line for every archive that is missing', () => {
  const { status, error } = charts('verify');
  expect(status).toBe(1);
  expect(error.match(/^\S+ \S+: no archive /gm)).toHaveLength(originalCharts.length);
  expect(error).toMatch(/\nRun: npm run charts -- pull .*\n$/);
});

test('import leaves an archive alone that is of no pinned version', async () => {
  const lock = readLockFile();
  const brought = join(workspace.folder, 'brought');
  mkdirSync(brought);
  writeFileSync(join(brought, 'minio.tgz'), (await workspace.package('minio', '0.0.1')).archive);
  const { status, out } = charts('import', brought);
  expect(status).toBe(0);
  expect(out).toContain('minio 0.0.1  not pinned, left alone');
  expect(readLockFile()).toBe(lock);
});

test('pull without a network fails with every chart and the way out, and records nothing', () => {
  const lock = readLockFile();
  const { status, error } = charts('pull');
  expect(status).toBe(1);
  for (const { name, version, repository } of originalCharts) {
    expect(error).toContain(`${name} ${version} from ${repository}: `);
  }
  expect(error).toContain(
    'No connection. Behind a proxy set HTTPS_PROXY; without a network npm run charts -- import FILE',
  );
  expect(readLockFile()).toBe(lock);
});

test('a command that there is not is named', () => {
  const { status, error } = charts('push');
  expect(status).toBe(1);
  expect(error).toMatch(/^push: no such command\n\nUsage: npm run charts -- COMMAND\n/);
});

test.each([[[]], [['import']], [['pull', '--force']]])(
  'the arguments %j are answered with what there is to choose from',
  (args: string[]) => {
    const { status, error } = charts(...args);
    expect(status).toBe(1);
    expect(error).toMatch(/^Usage: npm run charts -- COMMAND|^Unknown option.*\n\nUsage: npm run charts -- COMMAND/);
  },
);
