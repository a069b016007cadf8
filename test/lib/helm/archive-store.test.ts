import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importCharts } from '../../../lib/helm/archives/import';
import { readLock } from '../../../lib/helm/archive-lock';
import { chartArchive, chartState, type ChartStore, projectStore } from '../../../lib/helm/archive-store';
import { verifyCharts } from '../../../lib/helm/archives/verify';
import { projectRoot } from '../../../lib/project';
import { type Published, sha256 } from './archives/servers';
import { filesIn, messageOf, Workspace } from './archives/workspace';

const workspace = new Workspace();
let minio: Published;
let kafka: Published;
let store: ChartStore;
/** What came on a stick. */
let folder: string;

const put = (name: string, content: Buffer | string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

beforeAll(async () => {
  [minio, kafka] = await Promise.all([workspace.package('minio', '1.2.3'), workspace.package('kafka', '4.5.6')]);
});

beforeEach(() => {
  store = workspace.newStore();
  folder = `${store.folder}-brought`;
  mkdirSync(folder, { recursive: true });
});

afterAll(() => workspace.remove());

describe('the archive of a chart', () => {
  test('is the locked one', async () => {
    await importCharts(put('any-name.tgz', minio.archive), [minio], store);
    expect(chartArchive(minio, store)).toBe(join(store.folder, 'minio-1.2.3.tgz'));
    expect(chartState(minio, store)).toBe('here');
  });

  test('that is missing is an error', async () => {
    expect(await messageOf(() => chartArchive(minio, store))).toBe(
      `minio 1.2.3: no archive ${join(store.folder, 'minio-1.2.3.tgz')}`,
    );
    expect(chartState(minio, store)).toBe('not here');
  });

  test('that nobody has recorded is an error', async () => {
    mkdirSync(store.folder, { recursive: true });
    writeFileSync(join(store.folder, 'minio-1.2.3.tgz'), minio.archive);
    expect(await messageOf(() => chartArchive(minio, store))).toContain(`is not in ${store.lockFile}`);
    expect(chartState(minio, store)).toBe('here, not locked');
  });

  test('of another version than the locked one is not what is recorded', async () => {
    await importCharts(put('minio.tgz', minio.archive), [minio], store);
    writeFileSync(join(store.folder, 'minio-1.2.4.tgz'), minio.archive);
    expect(await messageOf(() => chartArchive({ ...minio, version: '1.2.4' }, store))).toContain('is not in');
  });

  test('that was changed is an error with both digests', async () => {
    await importCharts(put('minio.tgz', minio.archive), [minio], store);
    const changed = Buffer.concat([minio.archive, Buffer.from('x')]);
    writeFileSync(chartArchive(minio, store), changed);
    const message = await messageOf(() => chartArchive(minio, store));
    expect(message).toContain(`has sha256 ${sha256(changed)}, ${store.lockFile} says ${sha256(minio.archive)}`);
    expect(chartState(minio, store)).toBe('here, but not as locked');
  });

  test('that is a folder is named, and each chart is looked at by itself', async () => {
    await importCharts(put('kafka.tgz', kafka.archive), [kafka], store);
    const place = join(store.folder, 'minio-1.2.3.tgz');
    mkdirSync(place);
    expect(chartState(minio, store)).toBe('here, but no file that can be read');
    expect(chartState(kafka, store)).toBe('here');
    const problems = await verifyCharts([minio, kafka], store);
    expect([...problems.keys()]).toEqual([minio]);
    expect(problems.get(minio)).toMatch(/minio-1\.2\.3\.tgz: cannot be read: EISDIR: .*\(remove it, /);
    expect(problems.get(minio)).toContain(place);

    const message = await messageOf(() => importCharts(put('minio.tgz', minio.archive), [minio], store));
    expect(message).toContain(`${place}: cannot be read: EISDIR`);
    expect(Object.keys(readLock(store.lockFile))).toEqual(['kafka']);
  });

  test('is looked for in the folder that MLOPS_CHARTS names, and in .charts otherwise', () => {
    const before = process.env.MLOPS_CHARTS;
    try {
      process.env.MLOPS_CHARTS = folder;
      expect(projectStore().folder).toBe(folder);
      delete process.env.MLOPS_CHARTS;
      expect(projectStore()).toEqual({
        folder: join(projectRoot, '.charts'),
        lockFile: join(projectRoot, 'charts.lock.json'),
      });
    } finally {
      if (before !== undefined) process.env.MLOPS_CHARTS = before;
    }
  });
});

describe('importing', () => {
  test('takes every pinned archive of a folder, whatever its name, and leaves the others alone', async () => {
    put('a.tgz', minio.archive);
    put('b.tgz', kafka.archive);
    put('read-me.txt', 'not an archive');
    const imported = await importCharts(folder, [minio], store);
    expect(imported.map(({ chart, ignored }) => [chart.name, ignored])).toEqual([
      ['minio', false],
      ['kafka', true],
    ]);
    expect(filesIn(store)).toEqual(['minio-1.2.3.tgz']);
    expect(readLock(store.lockFile)).toEqual({
      minio: { version: '1.2.3', source: 'imported', sha256: sha256(minio.archive) },
    });
  });

  test('records archives that are in the right place already', async () => {
    mkdirSync(store.folder, { recursive: true });
    writeFileSync(join(store.folder, 'minio-1.2.3.tgz'), minio.archive);
    await importCharts(store.folder, [minio], store);
    expect(chartState(minio, store)).toBe('here');
    expect(filesIn(store)).toEqual(['minio-1.2.3.tgz']);
  });

  test('refuses other bytes than the lock says, and takes the same ones again', async () => {
    await importCharts(put('minio.tgz', minio.archive), [minio], store);
    await importCharts(put('minio.tgz', minio.archive), [minio], store);
    const changed = await workspace.package('minio', '1.2.3', { appVersion: 'changed' });
    const message = await messageOf(() => importCharts(put('other.tgz', changed.archive), [minio], store));
    expect(message).toContain(`sha256 ${sha256(changed.archive)}`);
    expect(message).toContain(`says ${sha256(minio.archive)} (from imported): refused`);
    expect(readFileSync(chartArchive(minio, store)).equals(minio.archive)).toBe(true);
  });

  test('names every file that is no chart, and takes the rest', async () => {
    put('minio.tgz', minio.archive);
    put('text.tgz', 'hello');
    put('half.tgz', kafka.archive.subarray(0, 500));
    const message = await messageOf(() => importCharts(folder, [minio, kafka], store));
    expect(message.match(/(text|half)\.tgz is not the archive of a Helm chart: /g)).toHaveLength(2);
    expect(filesIn(store)).toEqual(['minio-1.2.3.tgz']);
  });

  test('says so if there is nothing', async () => {
    expect(await messageOf(() => importCharts(folder, [minio], store))).toBe(`${folder}: no .tgz file in this folder`);
    rmSync(folder, { recursive: true });
    expect(await messageOf(() => importCharts(folder, [minio], store))).toBe(`${folder}: no such file or folder`);
  });
});

test('verifying finds what is missing, changed, or something else than its name says', async () => {
  await importCharts(put('minio.tgz', minio.archive), [minio], store);
  expect(await verifyCharts([minio], store)).toEqual(new Map());

  writeFileSync(join(store.folder, 'postgresql-1.0.0.tgz'), kafka.archive);
  const lock = { ...readLock(store.lockFile), postgresql: lockEntry('1.0.0', kafka.archive) };
  writeFileSync(store.lockFile, JSON.stringify(lock));
  const postgresql = { name: 'postgresql', version: '1.0.0' };
  const problems = await verifyCharts([minio, kafka, postgresql], store);
  expect([...problems.keys()]).toEqual([kafka, postgresql]);
  expect(problems.get(kafka)).toContain('no archive');
  expect(problems.get(postgresql)).toBe('postgresql-1.0.0.tgz holds kafka 4.5.6, not postgresql 1.0.0');
});

test.each([
  ['no JSON', '{'],
  ['a digest that is none', JSON.stringify({ minio: { version: '1.2.3', source: 'imported', sha256: 'abc' } })],
  ['an unknown field', JSON.stringify({ minio: { ...lockEntry('1.2.3', 'x'), url: 'https://example.org' } })],
])('a lock with %s is one error that names the file', async (_name, content) => {
  writeFileSync(store.lockFile, content);
  const told = /^\S*lock-\d+\.json: not a lock of Helm charts \(/;
  expect(await messageOf(() => readLock(store.lockFile))).toMatch(told);
  expect(await messageOf(() => verifyCharts([minio, kafka], store))).toMatch(told);
  expect(await messageOf(() => importCharts(put('minio.tgz', minio.archive), [minio], store))).toMatch(told);
});

function lockEntry(version: string, archive: Buffer | string): object {
  return { version, source: 'imported', sha256: sha256(archive) };
}
