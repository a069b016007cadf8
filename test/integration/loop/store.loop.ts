import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../charts/config';
import type { BucketRight } from '../../../charts/minio/store';
import type { Program } from '../cluster/workspace';
import { folderOf, without } from './equipment';
import { StoreUser } from './store';
import { config, temporaryWorld, type World } from './world';

const missing = without('silo', 'mc');
const given = missing === '' ? test : test.skip;
const missingMinio = without('silo', 'mc', 'minio');

/** A model from the registry that is watched, and one whose versions are in folders. */
const platform = {
  ...config,
  models: [
    ...(config.models ?? []),
    {
      name: 'churn',
      server: 'sklearn',
      uri: 's3://models/churn/1',
      canary: { uri: 's3://models/churn/2', traffic: 10 },
    },
  ],
} as const satisfies Config;

/** What each user may do with whole buckets. `metrics` is Prometheus'. */
const rights: Record<string, Record<string, BucketRight>> = {
  mlflow: { mlflow: 'readWrite' },
  prefect: { prefect: 'readWrite' },
  metrics: {},
  'creditcard.model': { mlflow: 'read' },
  'creditcard.detector': { mlflow: 'read' },
  'churn.model': {},
};
const buckets = ['drift', 'mlflow', 'models', 'prefect'];
const users = Object.keys(rights);

describe('the object store', () => {
  const theWorld = temporaryWorld(missing, platform);
  let world: World;
  let root: StoreUser;
  let provisioned: object;
  beforeAll(async () => {
    if (missing !== '') return;
    world = theWorld();
    root = StoreUser.root(world);
    await world.serve('Deployment', 'minio');
    await world.runJob('minio-post-job');
    provisioned = await root.provisioned();
  });

  given(`has every bucket, a user with each policy, and nothing else${missing}`, () => {
    expect(provisioned).toEqual({
      buckets: buckets.map((bucket) => `${bucket}/`),
      users: [...users].sort().map((user) => `${user} enabled`),
      policies: Object.fromEntries(users.map((user) => [user, expect.objectContaining({ Version: '2012-10-17' })])),
    });
  });

  given(`is the same after the Job has run again${missing}`, async () => {
    await world.runJob('minio-post-job');
    expect(await root.provisioned()).toEqual(provisioned);
  });

  given(`lets each user do what its policy says, and nothing else${missing}`, async () => {
    const folder = join(world.workspace.folder, 'objects');
    mkdirSync(folder);
    for (const name of ['read', ...users.map((user) => `removed-by-${user}`)]) writeFileSync(join(folder, name), name);
    for (const bucket of buckets) await root.mc('cp', '--recursive', `${folder}/`, `store/${bucket}/`);

    const attempts = (user: string, bucket: string): Record<string, readonly string[]> => ({
      list: ['ls', `store/${bucket}/`],
      get: ['cat', `store/${bucket}/read`],
      put: ['cp', join(folder, 'read'), `store/${bucket}/written-by-${user}`],
      remove: ['rm', `store/${bucket}/removed-by-${user}`],
      publish: ['anonymous', 'set', 'download', `store/${bucket}`],
      version: ['version', 'enable', `store/${bucket}`],
    });
    const allowed = { read: ['list', 'get'], readWrite: ['list', 'get', 'put', 'remove'] };
    const found: unknown[] = [];
    const expected: unknown[] = [];
    for (const name of users) {
      const user = StoreUser.named(world, name);
      for (const bucket of buckets) {
        const done: string[] = [];
        for (const [what, args] of Object.entries(attempts(name, bucket))) if (await user.can(...args)) done.push(what);
        found.push([name, bucket, done]);
        const right = rights[name]?.[bucket];
        expected.push([name, bucket, right === undefined ? [] : allowed[right]]);
      }
      for (const args of [
        ['mb', `store/of-${name}`],
        ['admin', 'user', 'list', 'store'],
        // Keys that would outlive those in the Secrets.
        ['admin', 'user', 'svcacct', 'add', 'store', user.accessKey],
        ['admin', 'user', 'add', 'store', user.accessKey, 'a-secret-key-of-its-own'],
      ])
        if (await user.can(...args)) found.push([name, args]);
    }
    expect(found).toEqual(expected);
    // Comes last, because it empties a bucket before it fails.
    for (const name of users)
      for (const bucket of buckets) await StoreUser.named(world, name).can('rb', '--force', `store/${bucket}`);
    expect(await root.provisioned()).toEqual(provisioned);
  });

  given(`opens to a model its own folders, and to a detector its own window${missing}`, async () => {
    const file = join(world.workspace.folder, 'file');
    writeFileSync(file, 'file');
    const objects = [
      ...['models/churn/1/model', 'models/churn/1/deep/er', 'models/churn/2/model', 'models/churn/10/model'],
      ...['models/creditcard/1/model', 'drift/creditcard.npz', 'drift/churn.npz'],
    ];
    for (const object of objects) await root.mc('cp', file, `store/${object}`);

    const able = async (
      name: string,
      args: (path: string) => string[],
      paths: readonly string[],
    ): Promise<string[]> => {
      const user = StoreUser.named(world, name);
      const done: string[] = [];
      for (const path of paths) if (await user.can(...args(`store/${path}`))) done.push(path);
      return done;
    };
    const read = (path: string): string[] => ['cat', path];
    const write = (path: string): string[] => ['cp', file, path];
    // Without the slash, mc asks for the list of the folder above.
    const list = (path: string): string[] => ['ls', '--recursive', path];
    const folders = ['models/', 'models/churn/', 'models/churn/1/', 'models/churn/2/', 'models/churn/10/', 'drift/'];

    expect(await able('churn.model', read, objects)).toEqual(objects.slice(0, 3));
    expect(await able('churn.model', list, folders)).toEqual(['models/churn/1/', 'models/churn/2/']);
    expect(await able('churn.model', write, objects)).toEqual([]);
    expect(await able('creditcard.detector', read, objects)).toEqual(['drift/creditcard.npz']);
    expect(await able('creditcard.detector', list, folders)).toEqual([]);
    expect(await able('creditcard.detector', write, objects)).toEqual(['drift/creditcard.npz']);
    // That an object is missing is another answer than that it is closed.
    await root.mc('rm', 'store/drift/creditcard.npz');
    const detector = StoreUser.named(world, 'creditcard.detector');
    await expect(detector.mc('cat', 'store/drift/creditcard.npz')).rejects.toThrow(/does not exist/);
  });

  given(
    `takes away the keys of before, and what was made with them, when the Secrets are replaced${missing}`,
    async () => {
      const [before, metrics] = [StoreUser.named(world, 'mlflow'), world.secret('mlops-prometheus/minio-metrics')];
      const own = before.with('MADEBEFORE', 'made-before-it-was-denied');
      await root.mc(
        'admin',
        'user',
        'svcacct',
        'add',
        'store',
        before.accessKey,
        '--access-key',
        own.accessKey,
        '--secret-key',
        own.secretKey,
      );
      const foreign = root.with('somebody', 'somebody-else');
      await root.mc('admin', 'user', 'add', 'store', foreign.accessKey, foreign.secretKey);
      await root.mc('admin', 'policy', 'attach', 'store', 'mlflow', '--user', foreign.accessKey);
      const working = async () => {
        const able: string[] = [];
        for (const user of [before, own, foreign, StoreUser.named(world, 'mlflow')])
          if (await user.can('ls', 'store/mlflow')) able.push(user.accessKey);
        return able;
      };
      expect(await working()).toEqual([before, own, foreign, before].map(({ accessKey }) => accessKey));

      await world.runJob('minio-post-job');
      expect(await working()).toEqual([before, foreign, before].map(({ accessKey }) => accessKey));

      await world.replaceSecrets('mlops-minio/minio-users');
      const log = await world.runJob('minio-post-job');
      const today = StoreUser.named(world, 'mlflow');
      expect(await working()).toEqual([foreign.accessKey, today.accessKey]);
      expect(world.secret('mlops-prometheus/minio-metrics')).not.toEqual(metrics);
      for (const { accessKey } of [before, today]) expect(log).not.toContain(accessKey);

      await root.mc('admin', 'user', 'remove', 'store', foreign.accessKey);
      expect(await root.provisioned()).toEqual(provisioned);
    },
  );

  given(`gives its metrics to who has the token of Prometheus' Secret, and to nobody else${missing}`, async () => {
    const url = `http://127.0.0.1:${world.ports.minio}/minio/v2/metrics/cluster`;
    const { token } = world.secret('mlops-prometheus/minio-metrics');
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/^minio_cluster_drive_offline_total\{.*\} 0$/m);
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url, { headers: { authorization: `Bearer ${token}x` } })).status).toBe(403);
  });
});

describe('a volume that MinIO has written', () => {
  const moved = missingMinio === '' ? test : test.skip;
  const theWorld = temporaryWorld(missingMinio);
  let world: World;
  let server: Program;
  let provisioned: object;
  /** Object → what is in it: in its metadata, in one file, in parts, and below names that need escaping. */
  const contents: Record<string, Buffer> = {
    'mlflow/small': Buffer.from('small'),
    'mlflow/0/run one/artifacts/modèle+%.bin': randomBytes(300_000),
    'prefect/parts': randomBytes(40 * 1024 * 1024),
    'drift/creditcard.npz': Buffer.alloc(0),
  };

  const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
  const owner = (path: string): StoreUser =>
    StoreUser.named(world, path.replace(/^drift\/(.*)\.npz$/, '$1.detector').split('/')[0] ?? '');
  const fileOf = (name: string): string => join(world.workspace.folder, name);

  async function write(path: string, content: Buffer): Promise<void> {
    writeFileSync(fileOf('written'), content);
    await owner(path).mc('cp', fileOf('written'), `store/${path}`);
  }

  /** Reads each object as the user who owns it, with the keys of the time before. */
  async function digests(): Promise<Record<string, string>> {
    const read: Record<string, string> = {};
    for (const path of Object.keys(contents)) {
      await owner(path).mc('cp', `store/${path}`, fileOf('read'));
      read[path] = sha256(readFileSync(fileOf('read')));
    }
    return read;
  }
  const expectedDigests = (): Record<string, string> =>
    Object.fromEntries(Object.entries(contents).map(([path, content]) => [path, sha256(content)]));

  /** Ends the server as a pod is ended, and starts another on its volume. */
  async function replaceBy(program?: string): Promise<void> {
    await server.stop('SIGTERM');
    server = await world.serve('Deployment', 'minio', { instead: program });
  }

  beforeAll(async () => {
    if (missingMinio !== '') return;
    world = theWorld();
    server = await world.serve('Deployment', 'minio', { instead: join(folderOf('minio'), 'minio') });
    await world.runJob('minio-post-job');
    provisioned = await StoreUser.root(world).provisioned();
    for (const [path, content] of Object.entries(contents)) await write(path, content);
  });

  moved(`opens as it is, with its objects, users and policies${missingMinio}`, async () => {
    await replaceBy();
    expect(await StoreUser.root(world).provisioned()).toEqual(provisioned);
    expect(await digests()).toEqual(expectedDigests());
  });

  moved(`stays as it is when the Job runs, and takes new objects${missingMinio}`, async () => {
    await world.runJob('minio-post-job');
    expect(await StoreUser.root(world).provisioned()).toEqual(provisioned);
    contents['prefect/new'] = randomBytes(20 * 1024 * 1024);
    await write('prefect/new', contents['prefect/new']);
    expect(await digests()).toEqual(expectedDigests());
  });

  moved(`opens with MinIO again, with what was written since${missingMinio}`, async () => {
    await replaceBy(join(folderOf('minio'), 'minio'));
    expect(await StoreUser.root(world).provisioned()).toEqual(provisioned);
    expect(await digests()).toEqual(expectedDigests());
  });
});
