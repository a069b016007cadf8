import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { nodeProgram } from '../../../lib/bundle';
import type { SecretSpec } from '../../../lib/graph/secret-spec';
import { CredentialsJob, type JobResult } from '../../support/credentials-job';
import { type ApiRequest, delay, FakeApiServer } from '../../support/fake-api-server';

const labels = { 'app.kubernetes.io/managed-by': 'mlops-infra' };

/** A small platform, each Secret in front of those it depends on. */
const platform: SecretSpec[] = [
  {
    namespace: 'models',
    name: 'rclone',
    keys: {
      RCLONE_CONFIG_S3_TYPE: { value: 's3' },
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: { copyOf: { namespace: 'mlflow', name: 'store', key: 'secret-key' } },
    },
  },
  {
    namespace: 'mlflow',
    name: 'database',
    type: 'example.org/database',
    labels,
    annotations: { 'example.org/note': 'made by the platform' },
    keys: {
      uri: {
        template: 'postgresql://mlflow:{password}@postgresql.data:5432/mlflow',
        values: { password: { namespace: 'data', name: 'postgresql', key: 'mlflow-password' } },
      },
    },
  },
  {
    namespace: 'mlflow',
    name: 'store',
    keys: { 'secret-key': { copyOf: { namespace: 'data', name: 'minio', key: 'mlflow-password' } } },
  },
  { namespace: 'data', name: 'minio', keys: { rootUser: { value: 'root' }, 'mlflow-password': { random: 40 } } },
  {
    namespace: 'data',
    name: 'postgresql',
    keys: { 'postgres-password': { random: 32 }, 'mlflow-password': { random: 24 } },
  },
];

const job = new CredentialsJob();
let server: FakeApiServer;

beforeEach(async () => {
  server = await FakeApiServer.start();
  for (const { namespace } of platform) server.namespaces.add(namespace);
});
afterEach(() => server.stop());
afterAll(() => {
  job.dispose();
});

function expectCompletePlatform(): void {
  const database = server.data('data/postgresql');
  const store = server.data('data/minio');
  expect(database['postgres-password']).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(database['mlflow-password']).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(store['mlflow-password']).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(store.rootUser).toBe('root');
  expect(server.data('mlflow/store')).toEqual({ 'secret-key': store['mlflow-password'] });
  expect(server.data('mlflow/database')).toEqual({
    uri: `postgresql://mlflow:${database['mlflow-password'] ?? ''}@postgresql.data:5432/mlflow`,
  });
  expect(server.data('models/rclone')).toEqual({
    RCLONE_CONFIG_S3_TYPE: 's3',
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: store['mlflow-password'],
  });
}

const random = (id: string, key = 'password'): SecretSpec => {
  const [namespace = '', name = ''] = id.split('/');
  return { namespace, name, keys: { [key]: { random: 20 } } };
};
const copy = (id: string, source: string, key = 'password'): SecretSpec => {
  const [namespace = '', name = ''] = source.split('/');
  return { ...random(id), keys: { [key]: { copyOf: { namespace, name, key } } } };
};
const lines = (text: string): string[] => text.trimEnd().split('\n');
const expectSuccess = (result: JobResult): void => {
  expect(result).toMatchObject({ code: 0, stderr: '' });
};
/** Does something once, before the first request with the verb is carried out. */
const once = (verb: ApiRequest['verb'], action: (request: ApiRequest) => void) => {
  let done = false;
  return (request: ApiRequest): undefined => {
    if (done || request.verb !== verb) return;
    done = true;
    action(request);
  };
};

describe('on an empty cluster', () => {
  test('creates every Secret, with what the list says of it, and tells so', async () => {
    const result = await job.run(server, platform);
    expectSuccess(result);
    expectCompletePlatform();
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

  test('two clusters get different values', async () => {
    await job.run(server, platform);
    const first = server.data('data/postgresql');
    for (const { namespace, name } of platform) server.remove(`${namespace}/${name}`);
    await job.run(server, platform);
    expect(server.data('data/postgresql')).not.toEqual(first);
  });
});

describe('on a cluster that has Secrets', () => {
  test('a second run writes nothing', async () => {
    await job.run(server, platform);
    const before = structuredClone(server.objects);
    server.requests.length = 0;
    const result = await job.run(server, platform);
    expectSuccess(result);
    expect(server.requests.map(({ verb }) => verb)).toEqual(['get', 'get', 'get', 'get', 'get']);
    expect(server.objects).toEqual(before);
    expect(lines(result.stdout).at(-1)).toBe('5 Secrets: 0 created, 0 completed, 5 kept, 0 warnings, 0 problems');
  });

  test('adds just the missing key, and leaves other keys, labels and the type alone', async () => {
    const mine = { metadata: { namespace: '', name: '', labels: { mine: 'yes' } }, type: 'example.org/mine' };
    server.put('data/postgresql', { 'mlflow-password': 'chosen by hand', extra: 'kept' }, mine);
    const result = await job.run(server, platform);
    expectSuccess(result);
    const { 'postgres-password': added, ...rest } = server.data('data/postgresql');
    expect(rest).toEqual({ 'mlflow-password': 'chosen by hand', extra: 'kept' });
    expect(added).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(server.object('data/postgresql')).toMatchObject({ type: mine.type, metadata: { labels: { mine: 'yes' } } });
    expect(server.data('mlflow/database').uri).toContain('mlflow:chosen%20by%20hand@');
    expect(lines(result.stdout)).toContain('added key postgres-password to data/postgresql');
  });

  test('fills a Secret without any data', async () => {
    server.put('data/a', {});
    const object = server.object('data/a');
    if (object) object.data = null;
    expectSuccess(await job.run(server, [random('data/a')]));
    expect(server.data('data/a').password).toHaveLength(20);
  });

  test('leaves a copy that differs from its source, and warns', async () => {
    await job.run(server, platform);
    server.put('mlflow/store', { 'secret-key': 'of another hand' });
    const result = await job.run(server, platform);
    expect(result.code).toBe(0);
    expect(server.data('mlflow/store')).toEqual({ 'secret-key': 'of another hand' });
    // The Secret that copies the copy differs from it now.
    expect(lines(result.stderr)).toEqual([
      expect.stringMatching(
        /^warning: key secret-key of mlflow\/store differs from its source.* delete the Secret and run/,
      ),
      expect.stringMatching(/^warning: key RCLONE_CONFIG_S3_SECRET_ACCESS_KEY of models\/rclone differs/),
    ]);
    expect(lines(result.stdout).at(-1)).toBe('5 Secrets: 0 created, 0 completed, 5 kept, 2 warnings, 0 problems');
  });

  test('refuses to complete an immutable Secret, and says which key it lacks', async () => {
    server.put('data/postgresql', { 'mlflow-password': 'chosen by hand' }, { immutable: true });
    const result = await job.run(server, platform);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('data/postgresql: is immutable and lacks the key postgres-password: save');
    expect(server.writes.map(({ namespace, name }) => `${namespace}/${name}`)).not.toContain('data/postgresql');
  });

  test('keeps an immutable Secret that is complete', async () => {
    server.put('data/a', { password: 'chosen by hand' }, { immutable: true });
    expectSuccess(await job.run(server, [random('data/a')]));
  });
});

describe('when others write at the same time', () => {
  test('uses what somebody else created between the look and the write', async () => {
    server.before = once('create', () => {
      server.put('data/a', { password: 'of somebody else' });
    });
    const result = await job.run(server, [random('data/a'), copy('data/b', 'data/a')]);
    expectSuccess(result);
    expect(server.data('data/b')).toEqual({ password: 'of somebody else' });
    expect(lines(result.stdout)).toContain('kept data/a');
  });

  test('adds its key to what somebody else changed between the look and the write', async () => {
    server.put('data/a', { other: 'first' });
    server.before = once('patch', () => {
      server.put('data/a', { other: 'second', password: 'of somebody else' });
    });
    expectSuccess(await job.run(server, [random('data/a'), copy('data/b', 'data/a')]));
    expect(server.data('data/a')).toEqual({ other: 'second', password: 'of somebody else' });
    expect(server.data('data/b')).toEqual({ password: 'of somebody else' });
  });

  test('creates a Secret that somebody deleted between the look and the write', async () => {
    server.put('data/a', { other: 'gone' });
    server.before = once('patch', () => {
      server.remove('data/a');
    });
    expectSuccess(await job.run(server, [random('data/a')]));
    expect(server.data('data/a')).toEqual({ password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) as string });
  });

  test('several Jobs at once agree, and each of them succeeds', async () => {
    server.before = () => delay(Math.random() * 20);
    for (const result of await Promise.all([1, 2, 3].map(() => job.run(server, platform)))) expectSuccess(result);
    expectCompletePlatform();
    const created = server.objects.map(({ metadata }) => Number(metadata.resourceVersion));
    expect(Math.max(...created) - Math.min(...created)).toBe(4);
  });
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
    expectSuccess(await job.run(server, platform));
    expectCompletePlatform();
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
    expectSuccess(await job.run(server, platform));
    expectCompletePlatform();
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

describe('what is not there yet', () => {
  /** Does something as soon as the program has been told no for the second time. */
  const afterSecondLook = (name: string, action: () => void) => {
    let looks = 0;
    server.before = (request) => {
      if (request.name === name && request.verb === 'get' && ++looks === 3) action();
      return undefined;
    };
  };

  test('waits for a namespace, and does the other Secrets meanwhile', async () => {
    server.namespaces.delete('late');
    afterSecondLook('a', () => server.namespaces.add('late'));
    const result = await job.run(server, [random('late/a'), random('data/b')]);
    expectSuccess(result);
    expect(lines(result.stdout).slice(0, 3)).toEqual([
      'waiting: late/a for namespace late to be created',
      'created data/b (keys password)',
      'created late/a (keys password)',
    ]);
  });

  test('waits for a namespace that is being deleted to be gone and created again', async () => {
    server.terminating.add('data');
    afterSecondLook('a', () => server.terminating.delete('data'));
    const result = await job.run(server, [random('data/a')]);
    expectSuccess(result);
    expect(lines(result.stdout)[0]).toBe(
      'waiting: data/a for namespace data, which is being deleted, to be gone and created again',
    );
  });

  test('waits for a Secret that is being deleted, and makes a new one', async () => {
    server.put(
      'data/a',
      { password: 'of the old one' },
      { metadata: { namespace: '', name: '', deletionTimestamp: 'now' } },
    );
    afterSecondLook('a', () => {
      server.remove('data/a');
    });
    const result = await job.run(server, [random('data/a')]);
    expectSuccess(result);
    expect(lines(result.stdout)[0]).toBe('waiting: data/a for its deletion to end');
    expect(server.data('data/a').password).not.toBe('of the old one');
  });

  test('waits for a Secret, and then a key, that somebody else creates', async () => {
    let looks = 0;
    server.before = ({ name, verb }) => {
      if (name === 'foreign' && verb === 'get') looks++;
      if (looks === 2) server.put('data/foreign', { other: 'x' });
      if (looks === 4) server.put('data/foreign', { password: 'of somebody else' });
      return undefined;
    };
    const result = await job.run(server, [copy('data/a', 'data/foreign'), random('data/b')]);
    expectSuccess(result);
    expect(server.data('data/a')).toEqual({ password: 'of somebody else' });
    expect(lines(result.stdout).slice(0, 3)).toEqual([
      'waiting: data/a for key password of data/foreign',
      'created data/b (keys password)',
      'created data/a (keys password)',
    ]);
    expect(server.writes.map(({ name }) => name)).not.toContain('foreign');
  });

  test('gives up at the deadline, and says what was missing', async () => {
    const result = await job.run(server, [copy('data/a', 'data/never'), copy('data/b', 'data/a'), random('data/c')], {
      env: { CREDENTIALS_DEADLINE_SECONDS: '1' },
    });
    expect(result.code).toBe(1);
    expect(lines(result.stderr)).toEqual([
      'error: data/a: still waits for key password of data/never, but the deadline of 1 s is over',
      'error: data/b: still waits for key password of data/a, but the deadline of 1 s is over',
    ]);
    expect(lines(result.stdout).at(-1)).toBe('3 Secrets: 1 created, 0 completed, 0 kept, 0 warnings, 2 problems');
  });

  test('does not wait for a source that nobody needs any more', async () => {
    server.put('data/a', { password: 'copied long ago' });
    const a = copy('data/a', 'data/gone');
    expectSuccess(await job.run(server, [{ ...a, keys: { ...a.keys, other: { random: 20 } } }]));
    expect(server.data('data/a')).toMatchObject({ password: 'copied long ago' });
    expect(server.data('data/a').other).toHaveLength(20);
  });

  test.each([
    ['pass word-1\n', 'ends with a line break'],
    ['pass word-1\r\n', 'ends with a line break'],
    [' pass word-1', 'begins with white space'],
    ['pass word-1\u00a0', 'ends with white space'],
    ['pass\tword-1', 'holds a control character'],
    ['pass\0word-1', 'holds a control character'],
  ])(
    'a value of somebody else that no URL can hold (%j) is an error with Secret and key, and makes nothing',
    async (value, said) => {
      server.put('data/foreign', { password: value });
      const values = { v: { namespace: 'data', name: 'foreign', key: 'password' } };
      const spec = { ...random('data/a'), keys: { uri: { template: 'kafka://{v}@host', values } } };
      const { code, stderr } = await job.run(server, [spec]);
      expect(code).toBe(1);
      expect(stderr).toContain(`error: data/a: key password of data/foreign ${said}`);
      expect(stderr).toContain("printf '%s' instead of echo");
      expect(server.requests.filter(({ verb }) => verb !== 'get')).toEqual([]);
    },
  );

  test('a password that the user has made, with a line break, is kept, with a warning', async () => {
    const spec = random('data/a');
    const [key = ''] = Object.keys(spec.keys);
    server.put('data/a', { [key]: 'chosen by hand\n' });
    const { code, stderr } = await job.run(server, [spec]);
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: key ${key} of data/a ends with a line break`);
  });

  test('values of somebody else with any printable character come out of a URL as they went in', async () => {
    const odd = [':/?#[]@!$&\'()*+,;= "%<>\\^`{|}~', 'pässwörd', '😀', '%41', '.', '..', ''];
    const printable = fc.string({ unit: 'binary' }).filter((text) => !/^\s|\s$|\p{Cc}/u.test(text));
    const values = [...odd, ...fc.sample(printable, 100)];
    const named = Object.fromEntries(values.map((value, index) => [`v${index}`, value]));
    server.put('data/foreign', named);
    const keys = Object.keys(named).map((key) => [
      key,
      { template: 'kafka://{v}:{v}@host:9092/?x={v}', values: { v: { namespace: 'data', name: 'foreign', key } } },
    ]);
    const spec = { ...random('data/a'), keys: Object.fromEntries(keys) as SecretSpec['keys'] };
    expectSuccess(await job.run(server, [spec]));
    for (const [key, text] of Object.entries(server.data('data/a'))) {
      const url = new URL(text);
      const decoded = [decodeURIComponent(url.username), decodeURIComponent(url.password), url.searchParams.get('x')];
      expect(decoded).toEqual([named[key], named[key], named[key]]);
      expect(url.host).toBe('host:9092');
    }
  });
});

describe('when the API server refuses', () => {
  // An API server that is just starting refuses all that it has not read the Roles for.
  test.each(['get', 'create', 'patch'] as const)(
    'waits for the Role to allow the verb %s, and says so once',
    async (verb) => {
      if (verb === 'patch') server.put('data/minio', { rootUser: 'root' });
      let refused = 0;
      server.denies = (request) =>
        request.verb === verb && `${request.namespace}/${request.name}` === 'data/minio' && ++refused <= 3;
      const result = await job.run(server, platform);
      expectSuccess(result);
      const waits = lines(result.stdout).filter((line) => line.startsWith('waiting: data/minio '));
      expect(waits).toEqual([
        `waiting: data/minio for the Job's Role to allow the verb ${verb} on data/minio (403 Forbidden)`,
      ]);
      expect(refused).toBe(4);
    },
  );

  test('waits for the right to read the Secret of somebody else', async () => {
    server.put('data/foreign', { password: 'x' });
    let refused = 0;
    server.denies = ({ verb, name }) => verb === 'get' && name === 'foreign' && ++refused <= 2;
    const result = await job.run(server, [copy('data/a', 'data/foreign')]);
    expectSuccess(result);
    expect(result.stdout).toContain("data/a for the Job's Role to allow the verb get on data/foreign (403 Forbidden)");
  });

  test('names the verb and the object when the time is over, has done the rest, and completes once it may', async () => {
    server.denies = ({ verb, namespace, name }) => verb === 'create' && `${namespace}/${name}` === 'data/minio';
    const result = await job.run(server, platform, { env: { CREDENTIALS_DEADLINE_SECONDS: '1' } });
    expect(result.code).toBe(1);
    const over = 'but the deadline of 1 s is over';
    expect(lines(result.stderr)).toEqual([
      `error: data/minio: still waits for the Job's Role to allow the verb create on data/minio (403 Forbidden), ${over}`,
      `error: mlflow/store: still waits for key mlflow-password of data/minio, ${over}`,
      `error: models/rclone: still waits for key secret-key of mlflow/store, ${over}`,
    ]);
    expect(server.objects).toHaveLength(2);
    server.denies = () => false;
    expectSuccess(await job.run(server, platform));
    expectCompletePlatform();
  });

  test.each([
    ['exceeded quota: small, requested: secrets=1, used: secrets=3', 'a ResourceQuota of the namespace is used up'],
    ['admission webhook "x" denied the request: no', 'an admission webhook or policy of the cluster denies it'],
  ])('does not blame the Role for «%s»', async (message, advice) => {
    server.before = ({ verb }) => (verb === 'create' ? { status: 403, body: { message } } : undefined);
    const { code, stderr } = await job.run(server, [random('data/a')]);
    expect(code).toBe(1);
    expect(stderr).toContain(`403 Forbidden — ${advice}`);
  });

  test('says that the token is not accepted', async () => {
    writeFileSync(join(server.account, 'token'), 'of another cluster');
    const { code, stderr } = await job.run(server, [random('data/a')]);
    expect(code).toBe(1);
    expect(stderr).toContain("401 Unauthorized — the API server does not accept the token of the Job's ServiceAccount");
  });

  test.each([422, 400, 403, 500])(
    'prints no value that a %i answer quotes, but the fields it names',
    async (status) => {
      server.before = ({ verb, body }) => {
        if (verb !== 'create') return undefined;
        const plain = Buffer.from(
          (JSON.parse(body) as { data: { password: string } }).data.password,
          'base64',
        ).toString();
        const causes = [{ reason: plain, message: plain, field: 'data[password]' }, { field: plain }];
        return { status, body: { message: `${body} ${plain}`, reason: plain, details: { causes } } };
      };
      const env = { CREDENTIALS_DEADLINE_SECONDS: '1' };
      const { code, stderr } = await job.run(server, [random('data/a')], { env });
      expect(code).toBe(1);
      if (status === 422)
        expect(stderr).toMatch(/422 Unprocessable Entity — its text is left out.*; look at data\[password\]\n/);
    },
  );

  test('reports an answer that is no Secret, such as the page of a proxy', async () => {
    server.before = () => ({ status: 200, body: '<html>welcome</html>' });
    const { code, stderr } = await job.run(server, [random('data/a')]);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot get secrets "a" in namespace "data": 200 OK');
  });
});

describe('when the way to the API server is bad', () => {
  test.each([429, 500, 503])('tries again after status %i', async (status) => {
    let faults = 2;
    server.before = () => (faults-- > 0 ? { status } : undefined);
    const result = await job.run(server, platform);
    expectSuccess(result);
    expectCompletePlatform();
    expect(result.stdout).toContain(`trying again: API server 127.0.0.1, port ${server.port}: status ${status}`);
  });

  test.each([
    ['seconds', () => '2'],
    ['a date', () => new Date(Date.now() + 3000).toUTCString()],
  ])('waits as long as Retry-After asks for, given as %s', async (_, retryAfter) => {
    let faults = 1;
    server.before = () => (faults-- > 0 ? { status: 429, headers: { 'retry-after': retryAfter() } } : undefined);
    expectSuccess(await job.run(server, [random('data/a')]));
    const [first, second] = server.requests.map(({ time }) => time);
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(1950);
  });

  test('gives up at once if Retry-After is longer than the deadline', async () => {
    server.before = () => ({ status: 503, headers: { 'retry-after': '100' } });
    const { code, stderr } = await job.run(server, [random('data/a')], { env: { CREDENTIALS_DEADLINE_SECONDS: '20' } });
    expect(code).toBe(1);
    expect(stderr).toContain('status 503; gave up: 20 s are too short for the time that the server asks for');
  });

  test.each(['reset', 'reset afterwards'] as const)(
    'goes on after every first try of a request met a %s',
    async (fault) => {
      const seen = new Set<string>();
      server.before = ({ verb, name }) => {
        if (seen.has(`${verb} ${name}`)) return undefined;
        seen.add(`${verb} ${name}`);
        return fault;
      };
      server.put('data/postgresql', { 'mlflow-password': 'chosen_by_hand_12345678' });
      expectSuccess(await job.run(server, platform));
      expect(server.data('mlflow/database').uri).toContain(':chosen_by_hand_12345678@');
      expect(server.objects).toHaveLength(5);
    },
  );

  test('waits for an API server that does not listen yet', async () => {
    const { port, env } = server;
    await server.close();
    const listen = (said: Buffer): void => {
      if (said.includes('no answer (ECONNREFUSED)')) void server.listen(port);
    };
    expectSuccess(await job.start(JSON.stringify(platform), env, (child) => child.stdout?.once('data', listen)));
    expectCompletePlatform();
  });

  test('does not wait for an answer beyond the deadline', async () => {
    server.before = () => 'silence';
    const started = performance.now();
    const { code, stderr } = await job.run(server, [random('data/a')], { env: { CREDENTIALS_DEADLINE_SECONDS: '1' } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no answer \(in \d+ ms\); gave up: the deadline of 1 s is over/);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  test('does not talk to a server whose certificate another authority signed', async () => {
    const other = await FakeApiServer.start();
    writeFileSync(join(server.account, 'ca.crt'), readFileSync(join(other.account, 'ca.crt')));
    await other.stop();
    const { code, stderr } = await job.run(server, platform);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not trusted \([A-Z_]+\): its certificate must fit .*\/ca\.crt/);
    expect(server.requests).toEqual([]);
  });

  test('reads the token again for each request, since the kubelet renews it', async () => {
    server.before = () => {
      server.rotateToken();
      return undefined;
    };
    expectSuccess(await job.run(server, platform));
    expectCompletePlatform();
  });

  test('reaches a server with an IPv6 address', async () => {
    const six = await FakeApiServer.start({ host: '::1' });
    platform.forEach(({ namespace }) => six.namespaces.add(namespace));
    const result = await job.run(six, platform);
    await six.stop();
    expectSuccess(result);
    expect(six.objects).toHaveLength(5);
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
