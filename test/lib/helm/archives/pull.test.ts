import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLock } from '../../../../lib/helm/archive-lock';
import { newestVersions } from '../../../../lib/helm/archives/outdated';
import { pullCharts, type PullOptions, type PullResult } from '../../../../lib/helm/archives/pull';
import type { ChartSource } from '../../../../lib/helm/archives/repositories';
import { chartArchive, type ChartStore } from '../../../../lib/helm/archive-store';
import { makeFolder } from '../../../../lib/files/make-folder';
import { HttpRepository, OciRegistry, type Published, sha256 } from './servers';
import { filesIn, messageOf, Workspace } from './workspace';

const workspace = new Workspace();
let http: HttpRepository;
let oci: OciRegistry;
let minio: Published;
let kafka: Published;
let dated: Published;
let store: ChartStore;

beforeAll(async () => {
  [minio, kafka, dated] = await Promise.all([
    workspace.package('minio', '1.2.3'),
    workspace.package('kafka', '4.5.6'),
    workspace.package('postgresql', '2023.04.13'),
  ]);
});

beforeEach(async () => {
  http = await new HttpRepository().start();
  oci = await new OciRegistry().start();
  http.charts = [minio, dated];
  oci.charts = [kafka];
  store = workspace.newStore();
});

afterEach(async () => {
  await Promise.all([http.stop(), oci.stop()]);
});

afterAll(() => workspace.remove());

const fromHttp = ({ name, version }: Published): ChartSource => ({ name, version, repository: http.url });
const fromOci = ({ name, version }: Published): ChartSource => ({ name, version, repository: oci.url });

async function pull(
  charts: readonly ChartSource[],
  options: PullOptions = {},
): Promise<Map<string, PullResult | Error>> {
  const results = new Map<string, PullResult | Error>();
  await pullCharts(charts, {
    store,
    retryDelays: [5, 5],
    onEnd: ({ name }, result) => results.set(name, result),
    ...options,
  });
  return results;
}

const archiveOf = (chart: Published): Buffer => readFileSync(chartArchive(chart, store));

describe('pulling', () => {
  test('takes charts from web servers and OCI registries, records what each one was, and asks for nothing twice', async () => {
    const charts = [fromHttp(minio), fromHttp(dated), fromOci(kafka)];
    const results = await pull(charts);

    expect(Object.fromEntries(results)).toEqual({ minio: 'recorded', postgresql: 'recorded', kafka: 'recorded' });
    expect(readLock(store.lockFile)).toEqual({
      kafka: { version: '4.5.6', source: oci.url, sha256: sha256(kafka.archive) },
      minio: { version: '1.2.3', source: http.url, sha256: sha256(minio.archive) },
      postgresql: { version: '2023.04.13', source: http.url, sha256: sha256(dated.archive) },
    });
    for (const chart of [minio, dated, kafka]) expect(archiveOf(chart).equals(chart.archive)).toBe(true);
    expect(filesIn(store)).toEqual(['kafka-4.5.6.tgz', 'minio-1.2.3.tgz', 'postgresql-2023.04.13.tgz']);
    expect(http.requests.filter((request) => request.includes('index.yaml'))).toHaveLength(1);

    await Promise.all([http.stop(), oci.stop()]);
    expect([...(await pull(charts)).values()]).toEqual(['present', 'present', 'present']);
  });

  test('follows absolute addresses in an index, and an index without digests', async () => {
    http.archives = `http://${http.host}/elsewhere/archives`;
    http.digest = () => undefined;
    await pull([fromHttp(minio)]);
    expect(http.requests).toContain('GET /elsewhere/archives/minio-1.2.3.tgz');
    expect(archiveOf(minio).equals(minio.archive)).toBe(true);
  });

  test('fetches again what somebody has changed on the disk', async () => {
    await pull([fromHttp(minio)]);
    writeFileSync(join(store.folder, 'minio-1.2.3.tgz'), 'something else');
    expect((await pull([fromHttp(minio)])).get('minio')).toBe('pulled');
    expect(archiveOf(minio).equals(minio.archive)).toBe(true);
  });

  test('replaces what the lock says of a chart when another version is pinned', async () => {
    const next = await workspace.package('minio', '1.3.0');
    http.charts = [next, minio];
    await pull([fromHttp(minio)]);
    await pull([fromHttp(next)]);
    expect(readLock(store.lockFile)).toEqual({
      minio: { version: '1.3.0', source: http.url, sha256: sha256(next.archive) },
    });
  });

  test('works twice at the same time', async () => {
    const charts = [fromHttp(minio), fromHttp(dated), fromOci(kafka)];
    await Promise.all([pull(charts), pull(charts)]);
    expect(filesIn(store)).toHaveLength(3);
    for (const chart of [minio, dated, kafka]) expect(archiveOf(chart).equals(chart.archive)).toBe(true);
  });

  test("goes through the proxy of the environment, with none of the caller's helm settings", async () => {
    const settings = join(workspace.folder, 'settings-of-the-user.yaml');
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: `http://${http.host}`, HELM_REPOSITORY_CONFIG: settings });
    try {
      await pull([{ ...fromHttp(minio), repository: 'http://charts.example.test/charts' }]);
    } finally {
      process.env = before;
    }
    expect(http.requests[0]).toBe('GET http://charts.example.test/charts/index.yaml');
    expect(existsSync(settings)).toBe(false);
  });
});

describe('a server that fails now and then', () => {
  test.each(['error', 'cut'] as const)('is asked again after an answer with the fault "%s"', async (fault) => {
    http.faults.set('index.yaml', [fault]);
    http.faults.set('minio-1.2.3.tgz', [fault, fault]);
    oci.faults.set('/blobs/', [fault]);
    await pull([fromHttp(minio), fromOci(kafka)]);
    expect(http.requests.filter((request) => request.endsWith('minio-1.2.3.tgz'))).toHaveLength(3);
    for (const chart of [minio, kafka]) expect(archiveOf(chart).equals(chart.archive)).toBe(true);
  });

  test('is given up after the last attempt, and the others are kept', async () => {
    http.faults.set('minio-1.2.3.tgz', ['cut', 'cut', 'cut']);
    const message = await messageOf(() => pull([fromHttp(minio), fromOci(kafka)]));
    expect(message).toContain(`minio 1.2.3 from ${http.url}: `);
    expect(message).toContain('EOF');
    expect(message).not.toContain('kafka');
    expect(filesIn(store)).toEqual(['kafka-4.5.6.tgz']);
    expect(Object.keys(readLock(store.lockFile))).toEqual(['kafka']);
  });

  test('is not waited for longer than allowed', async () => {
    http.faults.set('minio-1.2.3.tgz', ['hang']);
    const message = await messageOf(() => pull([fromHttp(minio)], { retryDelays: [], timeout: 500 }));
    expect(message).toContain('timed out after 0.5 seconds');
  });
});

describe('what cannot be pulled is one clear error, and leaves nothing behind', () => {
  afterEach(() => {
    expect(filesIn(store)).toEqual([]);
    expect(readLock(store.lockFile)).toEqual({});
  });

  test('nobody listens', async () => {
    const [fromServer, fromRegistry] = [fromHttp(minio), fromOci(kafka)];
    await Promise.all([http.stop(), oci.stop()]);
    const message = await messageOf(() => pull([fromServer, fromRegistry], { retryDelays: [] }));
    expect(message).toContain(`kafka 4.5.6 from ${fromRegistry.repository}: `);
    expect(message).toContain(`minio 1.2.3 from ${fromServer.repository}: `);
    expect(message.match(/^No connection\. Behind a proxy set HTTPS_PROXY; .* import/gm)).toHaveLength(1);
  });

  test('no such version, with the versions that there are', async () => {
    const message = await messageOf(() => pull([{ ...fromHttp(minio), version: '9.9.9' }]));
    expect(message).toContain(`${http.url} has no version 9.9.9 of minio, but 1.2.3: correct its pin`);
  });

  test('no such chart, in an index and in a registry, and is not tried again', async () => {
    const message = await messageOf(() =>
      pull([
        { name: 'nothing', version: '1.0.0', repository: http.url },
        { name: 'nowhere', version: '1.0.0', repository: oci.url },
      ]),
    );
    expect(message).toContain(`${http.url} has no chart nothing`);
    expect(message).toMatch(/nowhere 1\.0\.0 from oci:.*not found\nIt is not published there/);
    expect(oci.requests.filter((request) => request.includes('/manifests/')).length).toBeLessThanOrEqual(2);
  });

  test('no repository there', async () => {
    const message = await messageOf(() => pull([{ ...fromHttp(minio), repository: `http://${http.host}/other` }]));
    expect(message).toMatch(/404 Not Found\nIt is not published there/);
    expect(http.requests).toHaveLength(1);
  });

  test('an archive that is in the index but not on the server', async () => {
    http.archives = 'gone';
    expect(await messageOf(() => pull([fromHttp(minio)]))).toMatch(/gone\/minio-1\.2\.3\.tgz : 404 Not Found\n/);
  });

  test('an archive with another digest than the index says', async () => {
    const claimed = sha256('something else');
    http.digest = () => claimed;
    const message = await messageOf(() => pull([fromHttp(minio)]));
    expect(message).toContain(`sha256 ${sha256(minio.archive)}, the index of ${http.url} says ${claimed}: refused`);
  });

  test('a blob of a registry with another digest than its manifest says', async () => {
    oci.tamper = (blob) => Buffer.concat([blob.subarray(0, -1), Buffer.from('x')]);
    expect(await messageOf(() => pull([fromOci(kafka)], { retryDelays: [] }))).toMatch(/mismatch|digest/);
  });

  test.each([
    ['text', Buffer.from('<html>Please log in</html>')],
    ['half an archive', () => minio.archive.subarray(0, minio.archive.length / 2)],
  ])('%s in place of an archive', async (_name, content) => {
    http.charts = [{ ...minio, archive: typeof content === 'function' ? content() : content }];
    expect(await messageOf(() => pull([fromHttp(minio)]))).toContain(
      'minio-1.2.3.tgz is not the archive of a Helm chart: ',
    );
  });

  test('the archive of another chart', async () => {
    http.charts = [{ ...minio, archive: kafka.archive }];
    expect(await messageOf(() => pull([fromHttp(minio)]))).toContain('holds kafka 4.5.6, not minio 1.2.3');
  });
});

describe('the lock', () => {
  test('refuses other bytes for a version that it knows, with both digests', async () => {
    await pull([fromHttp(minio)]);
    const lock = readFileSync(store.lockFile, 'utf8');
    const changed = await workspace.package('minio', '1.2.3', { appVersion: 'changed' });
    http.charts = [changed];
    rmSync(chartArchive(minio, store));

    const message = await messageOf(() => pull([fromHttp(minio)]));
    expect(message).toContain(
      `the archive has sha256 ${sha256(changed.archive)}, ${store.lockFile} says ${sha256(minio.archive)}`,
    );
    expect(readFileSync(store.lockFile, 'utf8')).toBe(lock);
    expect(filesIn(store)).toEqual([]);
  });

  test('that cannot be read stops before anything is downloaded', async () => {
    writeFileSync(store.lockFile, '<<<<<<< HEAD');
    expect(await messageOf(() => pull([fromHttp(minio)]))).toContain(`${store.lockFile}: not a lock of Helm charts`);
    expect(http.requests).toEqual([]);
  });
});

test('a folder in the place of an archive is an error of that chart alone', async () => {
  const place = join(store.folder, 'minio-1.2.3.tgz');
  makeFolder(place);
  const message = await messageOf(() => pull([fromHttp(minio), fromOci(kafka)]));
  expect(message).toContain(`minio 1.2.3 from ${http.url}: ${place}: cannot be read: EISDIR`);
  expect(message).not.toContain('kafka');
  expect(Object.keys(readLock(store.lockFile))).toEqual(['kafka']);
});

test('a folder that cannot be made is one error with a way out', async () => {
  writeFileSync(join(workspace.folder, 'a-file'), '');
  const folder = join(workspace.folder, 'a-file/archives');
  const message = await messageOf(() => pull([fromHttp(minio)], { store: { ...store, folder } }));
  expect(message).toMatch(/a-file\/archives: cannot be written: .*Name another folder in MLOPS_CHARTS/);
});

test('outdated gives the newest version of each chart, or why it is unknown', async () => {
  const newer = { ...minio, ...(await workspace.package('minio', '1.10.0')) };
  const beta = await workspace.package('minio', '2.0.0-beta.1');
  const later = await workspace.package('kafka', '4.5.7');
  http.charts = [minio, beta, newer];
  oci.charts = [kafka, later];
  const charts = [fromHttp(minio), fromOci(kafka), { ...fromHttp(minio), repository: `http://${http.host}/other` }];
  const found = await newestVersions(charts, { retryDelays: [] });
  expect(charts.map((chart) => found.get(chart))).toEqual(['1.10.0', '4.5.7', expect.any(Error)]);
});
