import { nodeProgram } from '../../../lib/bundle';
import { CredentialsJob } from '../../support/credentials-job';
import { delay, type FakeApiServer } from '../../support/fake-api-server';
import { copy, expectCompletePlatform, expectSuccess, labels, lines, platform, random, startServer } from './fixtures';
import { run } from './run';

const job = new CredentialsJob();
let server: FakeApiServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());
afterAll(() => {
  job.dispose();
});

test('creates every Secret as it is listed, and reports each', async () => {
  const result = await job.run(server, platform);
  expectSuccess(result);
  expectCompletePlatform(server);
  expect(server.object('mlflow/database')).toMatchObject({
    type: 'example.org/database',
    metadata: { labels, annotations: { 'example.org/note': 'made by the platform' } },
  });
  expect(server.object('data/minio')?.type).toBe('Opaque');
  expect(server.object('data/minio')?.metadata.labels).toBeUndefined();
  expect(lines(result.stdout)).toEqual([
    'created data/minio (keys rootUser, mlflow-password)',
    'created mlflow/store (keys secret-key)',
    'created models/rclone (keys RCLONE_CONFIG_S3_TYPE, RCLONE_CONFIG_S3_SECRET_ACCESS_KEY)',
    'created data/postgresql (keys postgres-password, mlflow-password)',
    'created mlflow/database (keys uri)',
    '5 Secrets: 5 created, 0 completed, 0 kept, 0 warnings, 0 problems',
  ]);
});

test('several Jobs at once agree, and each of them succeeds', async () => {
  server.before = () => delay(Math.random() * 20);
  for (const result of await Promise.all([1, 2, 3].map(() => job.run(server, platform)))) expectSuccess(result);
  expectCompletePlatform(server);
  const created = server.objects.map(({ metadata }) => Number(metadata.resourceVersion));
  expect(Math.max(...created) - Math.min(...created)).toBe(4);
});

test('waits for an API server that does not listen yet', async () => {
  const { port, env } = server;
  await server.close();
  const listen = (said: Buffer): void => {
    if (said.includes('no answer (ECONNREFUSED)')) void server.listen(port);
  };
  expectSuccess(await job.start(JSON.stringify(platform), env, (child) => child.stdout?.once('data', listen)));
  expectCompletePlatform(server);
});

test('gives up at the deadline that CREDENTIALS_DEADLINE_SECONDS sets', async () => {
  const env = { CREDENTIALS_DEADLINE_SECONDS: '0.5' };
  const { code, stderr } = await job.run(server, [copy('data/a', 'data/never')], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: data\/a: .* the deadline of 0\.5 s is over$/m);
});

describe('after a crash', () => {
  test.each([1, 2, 3, 4, 5])('in the middle of write %i, the next run completes with values that fit', async (nth) => {
    let kill: () => void = () => undefined;
    server.before = ({ verb }) => {
      if (verb !== 'create' || server.writes.length !== nth) return undefined;
      kill();
      return 'reset afterwards';
    };
    const crashed = await job.run(server, platform, { onStart: (child) => (kill = () => child.kill('SIGKILL')) });
    expect(crashed.code).toBeNull();
    expect(server.objects).toHaveLength(nth);
    const before = structuredClone(server.objects);
    server.before = () => undefined;
    expectSuccess(await run(server, platform));
    expectCompletePlatform(server);
    expect(server.objects).toEqual(expect.arrayContaining(before));
  });

  test('SIGTERM stops it between two Secrets, and the next run goes on', async () => {
    let terminate: () => void = () => undefined;
    server.before = ({ verb }) => {
      if (verb === 'create' && server.writes.length === 2) terminate();
      return delay(100);
    };
    const stopped = await job.run(server, platform, { onStart: (child) => (terminate = () => child.kill('SIGTERM')) });
    expect(stopped.code).toBe(1);
    expect(server.objects).toHaveLength(2);
    expect(stopped.stdout).toContain('2 created');
    expect(lines(stopped.stderr)).toHaveLength(3);
    expect(stopped.stderr).toContain('still waits for its turn, but the program was told to stop');
    expectSuccess(await run(server, platform));
    expectCompletePlatform(server);
  });

  test('SIGTERM ends a long wait at once', async () => {
    let stopped = Number.NaN;
    let stop = (): unknown => undefined;
    server.before = () => {
      setTimeout(() => {
        stopped = performance.now();
        stop();
      }, 500);
      return { status: 429, headers: { 'retry-after': '20' } };
    };
    const result = await job.run(server, platform, { onStart: (child) => (stop = () => child.kill('SIGTERM')) });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('the program was told to stop');
    expect(performance.now() - stopped).toBeLessThan(5000);
  });
});

describe('before it talks to anyone', () => {
  test('lists every problem of the list', async () => {
    const list = [
      copy('data/a', 'data/b'),
      copy('data/b', 'data/a'),
      { ...random('data/c'), keys: { k: { random: 1 } } },
    ];
    const { code, stderr } = await job.run(server, list);
    expect(code).toBe(1);
    expect(lines(stderr)).toEqual([
      'error: data/c: key k: random 1 must be a whole number from 16 to 1048576',
      'error: data/a → data/b → data/a: take values from each other; move the shared key to a Secret of its own',
    ]);
    expect(server.requests).toEqual([]);
  });

  test.each<[string, string, Record<string, string>, RegExp]>([
    ['a file that is no JSON', '{', {}, /^error: .*\.json: .*JSON/],
    ['no cluster', '[]', { KUBERNETES_SERVICE_HOST: '' }, /^error: KUBERNETES_SERVICE_HOST is not set/],
    [
      'a deadline that is no number',
      '[]',
      { CREDENTIALS_DEADLINE_SECONDS: 'soon' },
      /^error: CREDENTIALS_DEADLINE_SECONDS/,
    ],
    [
      'no token',
      JSON.stringify(platform),
      { CREDENTIALS_ACCOUNT: '/nowhere' },
      /\/nowhere\/token cannot be read: the pod needs/,
    ],
  ])('explains %s', async (_, file, env, message) => {
    const { code, stderr } = await job.start(file, { ...server.env, ...env });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe('the bundle', () => {
  test('needs Node.js and nothing else', () => {
    const imports = [...nodeProgram('credentials').matchAll(/^import .* from "(.*)";$/gm)].map(([, module]) => module);
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((module) => !module?.startsWith('node:'))).toEqual([]);
  });

  test('has the same bytes wherever it is made, and no path of the machine', () => {
    const here = process.cwd();
    const bundle = nodeProgram('credentials');
    process.chdir('/');
    expect(nodeProgram('credentials')).toBe(bundle);
    process.chdir(here);
    expect(bundle).not.toContain(here);
  });

  test('fits a ConfigMap many times over', () => {
    expect(Buffer.byteLength(nodeProgram('credentials'))).toBeLessThan(64 * 1024);
  });
});
