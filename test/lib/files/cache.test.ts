import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ContentCache, digestOfFolder } from '../../../lib/files/cache';
import type { HelmRelease } from '../../../lib/helm/release';
import { projectRoot } from '../../../lib/project';
import { configMap, declare, render, writeChart } from '../../support/helm-chart';
import { temporaryFolder, writeFiles } from '../../support/temporary';

const folder = temporaryFolder();
const noHelm = join(folder, 'there-is-no-helm');

let count = 0;

/** A chart with a subchart that is a link, as one shares a chart between others. */
function newChart() {
  count += 1;
  const shared = writeChart(join(folder, `shared-${count}`), { 'templates/b.yaml': configMap('b: "1"') });
  const chart = writeChart(join(folder, `chart-${count}`), { 'templates/a.yaml': configMap('a: "1"') });
  mkdirSync(join(chart.path, 'charts'));
  symlinkSync(shared.path, join(chart.path, 'charts/shared'));
  return { chart, shared, cache: join(folder, `cache-${count}`) };
}

const fromCacheAlone = async (release: HelmRelease, cache: string): Promise<boolean> =>
  render(release, { cache, helm: noHelm }).then(
    ({ fromCache }) => fromCache,
    () => false,
  );

test('a second rendering needs no helm', async () => {
  const { chart, cache } = newChart();
  const first = declare(chart);
  expect(await render(first, { cache })).toEqual({ fromCache: false });
  const second = declare(chart);
  expect(await render(second, { cache, helm: noHelm })).toEqual({ fromCache: true });
  expect(second.objects).toEqual(first.objects);
});

test('a change of anything that a rendering depends on renders it again', async () => {
  const { chart, shared, cache } = newChart();
  await render(declare(chart), { cache });
  const cached = (props: Parameters<typeof declare>[1]) => fromCacheAlone(declare(chart, props), cache);
  expect(await cached({})).toBe(true);
  expect(await cached({ values: { a: 1 } })).toBe(false);
  expect(await cached({ namespace: 'other' })).toBe(false);
  expect(await cached({ releaseName: 'other' })).toBe(false);
  expect(await cached({ kubernetesVersion: '1.31' })).toBe(false);
  expect(await cached({ apiVersions: ['example.org/v1'] })).toBe(false);

  const template = join(chart.path, 'templates/a.yaml');
  const undo = readFileSync(template, 'utf8');
  appendFileSync(template, '# changed\n');
  expect(await cached({})).toBe(false);
  writeFileSync(template, undo);
  expect(await cached({})).toBe(true);

  writeFiles(chart.path, { 'files/new.txt': '' });
  expect(await cached({})).toBe(false);
  rmSync(join(chart.path, 'files'), { recursive: true });
  renameSync(template, join(chart.path, 'templates/c.yaml'));
  expect(await cached({})).toBe(false);
  renameSync(join(chart.path, 'templates/c.yaml'), template);
  expect(await cached({})).toBe(true);

  appendFileSync(join(shared.path, 'templates/b.yaml'), '# changed\n');
  expect(await cached({})).toBe(false);
});

test.each([
  ['cut off', (text: string) => text.slice(0, -10)],
  ['empty', () => ''],
  ['another value', () => 'null'],
  ['changed in one letter', (text: string) => text.replace('"a":"1"', '"a":"2"')],
])('an entry that is damaged (%s) is rendered again and mended', async (_, damage) => {
  const { chart, cache } = newChart();
  const first = declare(chart);
  await render(first, { cache });
  const [entry = ''] = readdirSync(cache);
  const whole = readFileSync(join(cache, entry), 'utf8');
  expect(damage(whole)).not.toBe(whole);
  writeFileSync(join(cache, entry), damage(whole));

  const second = declare(chart);
  expect(await render(second, { cache })).toEqual({ fromCache: false });
  expect(second.objects).toEqual(first.objects);
  expect(readFileSync(join(cache, entry), 'utf8')).toBe(whole);
});

test('a cache folder that cannot be written costs speed and nothing else', async () => {
  const { chart } = newChart();
  writeFiles(folder, { 'a-file': '' });
  const cache = join(folder, 'a-file/cache');
  const release = declare(chart);
  expect(await render(release, { cache })).toEqual({ fromCache: false });
  expect(await render(release, { cache })).toEqual({ fromCache: false });
  expect(release.objects).toHaveLength(2);
});

test('an entry that is being replaced can be read all the time', () => {
  const entries = new ContentCache(join(folder, 'replaced'));
  entries.set('key', { a: 1 });
  entries.set('key', { a: 2 });
  expect(entries.get('key')).toEqual({ a: 2 });
  expect(readdirSync(join(folder, 'replaced'))).toEqual(['key']);
  expect(entries.get('other')).toBeUndefined();
});

test('processes that render at once all succeed and leave one whole entry', async () => {
  const { chart, cache } = newChart();
  const script = writeFiles(folder, {
    'once.ts': `
      import { declare, render } from ${JSON.stringify(join(projectRoot, 'test/support/helm-chart'))};
      const release = declare(${JSON.stringify(chart)});
      void render(release, { cache: ${JSON.stringify(cache)} }).then(() => console.log(JSON.stringify(release.objects)));`,
  });
  const once = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--require', 'tsx/cjs', join(script, 'once.ts')], { cwd: projectRoot });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('error', reject);
      child.on('close', () => {
        resolve(output);
      });
    });
  const release = declare(chart);
  const outputs = await Promise.all([once(), once(), once(), render(release, { cache })]);
  const expected = `${JSON.stringify(release.objects)}\n`;
  expect(outputs.slice(0, 3)).toEqual([expected, expected, expected]);
  expect(readdirSync(cache)).toHaveLength(1);
  expect(await fromCacheAlone(declare(chart), cache)).toBe(true);
});

test('the digest of a folder differs for other names, other contents, and other borders between them', () => {
  const digest = (name: string, files: Readonly<Record<string, string>>): string =>
    digestOfFolder(writeFiles(join(folder, 'digests', name), files));
  const digests = [
    digest('1', { a: 'x', b: 'y' }),
    digest('2', { a: 'xb:1:y' }),
    digest('3', { a: 'y', b: 'x' }),
    digest('4', { a: 'x', 'b/c': 'y' }),
    digest('5', { a: '', b: 'xy' }),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(digest('6', { b: 'y', a: 'x' })).toBe(digests[0]);
});

test('an entry that nobody has read for a month is removed when another is written', () => {
  const path = join(folder, 'old-cache');
  const cache = new ContentCache(path);
  for (const key of ['asked for', 'forgotten']) cache.set(key, key);
  const longAgo = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
  for (const key of readdirSync(path)) utimesSync(join(path, key), longAgo, longAgo);
  expect(new ContentCache(path).get('asked for')).toBe('asked for');
  new ContentCache(path).set('new', 'new');
  expect(readdirSync(path).sort()).toEqual(['asked for', 'new']);
});
