import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, etcd, NotDownloaded } from './tools';

const proxies: [reason: string, proxy: string][] = [
  ['is not allowed', 'off'],
  ['does not get through', 'http://127.0.0.1:1'],
];

describe.each(proxies)('a module whose download %s', (_, proxy) => {
  const { GOPROXY, GOMODCACHE } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'no-modules-'));

  beforeAll(() => {
    Object.assign(process.env, { GOPROXY: proxy, GOMODCACHE: folder });
  });
  afterAll(() => {
    for (const [name, value] of Object.entries({ GOPROXY, GOMODCACHE })) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  test('is distinguished from a mistake that the project can correct', async () => {
    const built = build({ ...etcd, stamps: { 'main.never': 'built' } });
    await expect(built).rejects.toThrow(NotDownloaded);
    await expect(built).rejects.toThrow(/^etcd: go build failed with 1:\n/);
  });
});

test('a program that is not in its module is a mistake', async () => {
  const built = build({ ...etcd, programs: { none: 'go.etcd.io/etcd/server/v3/none' } });
  await expect(built).rejects.not.toThrow(NotDownloaded);
  await expect(built).rejects.toThrow(/^etcd: go build failed with 1:\n/);
});
