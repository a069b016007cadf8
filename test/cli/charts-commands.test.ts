import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { originalCharts } from '../../charts/catalog';
import { helmCharts } from '../../charts/config';
import { projectRoot } from '../../lib/project';
import { Workspace } from '../lib/helm/archives/workspace';
import type { Outcome } from '../support/cli';
import { inProcess } from '../support/in-process';

const workspace = new Workspace();
const lockFile = join(projectRoot, 'charts.lock.json');
const readLockFile = (): string | undefined => (existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : undefined);

afterAll(() => workspace.remove());

const folder = join(workspace.folder, 'archives');
const nobody = 'http://127.0.0.1:1'; // A port that needs root to listen on, and that nothing uses.
const charts = (...args: string[]): Promise<Outcome> =>
  inProcess('charts', args, { env: { MLOPS_CHARTS: folder, HTTPS_PROXY: nobody } });

test('every chart that we bundle has an original with everything that the list shows', () => {
  expect(originalCharts).toHaveLength(Object.keys(helmCharts).length);
  for (const chart of originalCharts) {
    expect(chart.repository).toMatch(/^(https|oci):\/\/[^/]+\/?.*[^/]$/);
    expect(chart.licence).toMatch(/^[A-Z]/);
    expect(chart.upkeep).toMatch(/\.$/);
  }
});

test('list prints every pin with its repository, licence and upkeep', async () => {
  const { code, stdout } = await charts('list');
  expect(code).toBe(0);
  for (const { name, version, appVersion, repository, licence, upkeep } of originalCharts) {
    expect(stdout).toContain(`${name} ${version}  installs ${appVersion}  ${licence}`);
    expect(stdout).toContain(repository);
    expect(stdout).toContain(upkeep);
  }
});

test('verify fails with one line for every archive that is missing', async () => {
  const { code, stderr } = await charts('verify');
  expect(code).toBe(1);
  expect(stderr.match(/^\S+ \S+: no archive /gm)).toHaveLength(originalCharts.length);
  expect(stderr).toMatch(/\nRun: npm run charts -- pull .*\n$/);
});

test('import leaves an archive alone that is of no pinned version', async () => {
  const lock = readLockFile();
  const brought = join(workspace.folder, 'brought');
  mkdirSync(brought);
  writeFileSync(join(brought, 'minio.tgz'), (await workspace.package('minio', '0.0.1')).archive);
  const { code, stdout } = await charts('import', brought);
  expect(code).toBe(0);
  expect(stdout).toContain('minio 0.0.1  not pinned, left alone');
  expect(readLockFile()).toBe(lock);
});

test('import refuses what is no file, and does not wait for it', async () => {
  const brought = join(workspace.folder, 'pipes');
  mkdirSync(brought);
  execFileSync('mkfifo', [join(brought, 'minio.tgz')]);
  mkdirSync(join(brought, 'kafka.tgz'));
  const { code, stderr } = await charts('import', brought);
  expect(code).toBe(1);
  expect(stderr).toContain(`${join(brought, 'minio.tgz')}: is a pipe or a device, not a file`);
  expect(stderr).toContain(`${join(brought, 'kafka.tgz')}: is a folder (give an archive, or a folder of archives)`);
});

test('pull without a network fails with every chart and the way out, and records nothing', async () => {
  const lock = readLockFile();
  const { code, stderr } = await charts('pull');
  expect(code).toBe(1);
  for (const { name, version, repository } of originalCharts) {
    expect(stderr).toContain(`${name} ${version} from ${repository}: `);
  }
  expect(stderr).toContain(
    'No connection. Behind a proxy set HTTPS_PROXY; without a network npm run charts -- import FILE',
  );
  expect(readLockFile()).toBe(lock);
});

test('a command that there is not is named', async () => {
  const { code, stderr } = await charts('push');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^push: no such command\n\nUsage: npm run charts -- COMMAND\n/);
});

test.each([[[]], [['import']], [['pull', '--force']]])(
  'the arguments %j are answered with what there is to choose from',
  async (args: string[]) => {
    const { code, stderr } = await charts(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Usage: npm run charts -- COMMAND|^Unknown option.*\n\nUsage: npm run charts -- COMMAND/);
  },
);
