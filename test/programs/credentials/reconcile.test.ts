import type { ApiRequest, FakeApiServer } from '../../support/fake-api-server';
import { copy, expectSuccess, lines, platform, random, startServer } from './fixtures';
import { run } from './run';

let server: FakeApiServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

/** Does something once, before the first request with the verb is carried out. */
const once = (verb: ApiRequest['verb'], action: (request: ApiRequest) => void) => {
  let done = false;
  return (request: ApiRequest): undefined => {
    if (done || request.verb !== verb) return;
    done = true;
    action(request);
  };
};

test('two clusters get different values', async () => {
  await run(server, platform);
  const first = server.data('data/postgresql');
  for (const { namespace, name } of platform) server.remove(`${namespace}/${name}`);
  await run(server, platform);
  expect(server.data('data/postgresql')).not.toEqual(first);
});

describe('on a cluster that has Secrets', () => {
  test('a second run writes nothing', async () => {
    await run(server, platform);
    const before = structuredClone(server.objects);
    server.requests.length = 0;
    const result = await run(server, platform);
    expectSuccess(result);
    expect(server.requests.map(({ verb }) => verb)).toEqual(['get', 'get', 'get', 'get', 'get']);
    expect(server.objects).toEqual(before);
    expect(lines(result.stdout).at(-1)).toBe('5 Secrets: 0 created, 0 completed, 5 kept, 0 warnings, 0 problems');
  });

  test('adds just the missing key, and leaves other keys, labels and the type alone', async () => {
    const mine = { metadata: { namespace: '', name: '', labels: { mine: 'yes' } }, type: 'example.org/mine' };
    server.put('data/postgresql', { 'mlflow-password': 'chosen by hand', extra: 'kept' }, mine);
    const result = await run(server, platform);
    expectSuccess(result);
    const { 'postgres-password': added, ...rest } = server.data('data/postgresql');
    expect(rest).toEqual({ 'mlflow-password': 'chosen by hand', extra: 'kept' });
    expect(added).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(server.object('data/postgresql')).toMatchObject({ type: mine.type, metadata: { labels: { mine: 'yes' } } });
    expect(server.data('mlflow/database').uri).toContain('mlflow:chosen%20by%20hand@');
    expect(lines(result.stdout)).toContain('added key postgres-password to data/postgresql');
  });

  describe('of the time when a value that is random now was a public name', () => {
    const access = { random: 20, formerly: { value: 'mlflow', beside: 'mlflow' } };
    const users = { namespace: 'data', name: 'users', keys: { 'mlflow-access-key': access, mlflow: { random: 40 } } };
    const source = { namespace: 'data', name: 'users', key: 'mlflow-access-key' };
    const store = { namespace: 'mlflow', name: 'store', keys: { AWS_ACCESS_KEY_ID: { copyOf: source } } };

    test('keeps the name, so that all who use it go on to work, and warns', async () => {
      server.put('data/users', { mlflow: 'secret of today' });
      server.put('mlflow/store', { AWS_ACCESS_KEY_ID: 'mlflow' });
      for (const line of ['added key mlflow-access-key to data/users', 'kept data/users']) {
        const { code, stdout, stderr } = await run(server, [users, store]);
        expect({ code, warnings: lines(stderr) }).toEqual({
          code: 0,
          warnings: [expect.stringContaining('key mlflow-access-key of data/users is a public name')],
        });
        expect(lines(stdout)).toContain(line);
        expect(server.data('data/users')).toEqual({ mlflow: 'secret of today', 'mlflow-access-key': 'mlflow' });
      }
    });

    test('makes it random when the Secrets are replaced', async () => {
      expectSuccess(await run(server, [users, store]));
      const { 'mlflow-access-key': made } = server.data('data/users');
      expect(made).toMatch(/^[A-Za-z0-9]{20}$/);
      expect(server.data('mlflow/store')).toEqual({ AWS_ACCESS_KEY_ID: made });
    });

    test('makes it random for a user that the Secret has never had', async () => {
      server.put('data/users', { another: 'secret of another' });
      expectSuccess(await run(server, [users]));
      expect(server.data('data/users')['mlflow-access-key']).toMatch(/^[A-Za-z0-9]{20}$/);
    });
  });

  test('fills a Secret without any data', async () => {
    server.put('data/a', {});
    const object = server.object('data/a');
    if (object) object.data = null;
    expectSuccess(await run(server, [random('data/a')]));
    expect(server.data('data/a').password).toHaveLength(20);
  });

  test('leaves a copy that differs from its source, and warns', async () => {
    await run(server, platform);
    server.put('mlflow/store', { 'secret-key': 'of another hand' });
    const result = await run(server, platform);
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
    const result = await run(server, platform);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('data/postgresql: is immutable and lacks the key postgres-password: save');
    expect(server.writes.map(({ namespace, name }) => `${namespace}/${name}`)).not.toContain('data/postgresql');
  });

  test('keeps an immutable Secret that is complete', async () => {
    server.put('data/a', { password: 'chosen by hand' }, { immutable: true });
    expectSuccess(await run(server, [random('data/a')]));
  });
});

describe('when others write at the same time', () => {
  test('uses what somebody else created between the look and the write', async () => {
    server.before = once('create', () => {
      server.put('data/a', { password: 'of somebody else' });
    });
    const result = await run(server, [random('data/a'), copy('data/b', 'data/a')]);
    expectSuccess(result);
    expect(server.data('data/b')).toEqual({ password: 'of somebody else' });
    expect(lines(result.stdout)).toContain('kept data/a');
  });

  test('adds its key to what somebody else changed between the look and the write', async () => {
    server.put('data/a', { other: 'first' });
    server.before = once('patch', () => {
      server.put('data/a', { other: 'second', password: 'of somebody else' });
    });
    expectSuccess(await run(server, [random('data/a'), copy('data/b', 'data/a')]));
    expect(server.data('data/a')).toEqual({ other: 'second', password: 'of somebody else' });
    expect(server.data('data/b')).toEqual({ password: 'of somebody else' });
  });

  test('creates a Secret that somebody deleted between the look and the write', async () => {
    server.put('data/a', { other: 'gone' });
    server.before = once('patch', () => {
      server.remove('data/a');
    });
    expectSuccess(await run(server, [random('data/a')]));
    expect(server.data('data/a')).toEqual({ password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) as string });
  });
});
