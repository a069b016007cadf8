import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FakeApiServer } from '../../support/fake-api-server';
import { copy, expectCompletePlatform, expectSuccess, lines, platform, random, startServer } from './fixtures';
import { run } from './run';

let server: FakeApiServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

describe('when the API server refuses', () => {
  // An API server that is just starting refuses all that it has not read the Roles for.
  test.each(['get', 'create', 'patch'] as const)(
    'waits for the Role to allow the verb %s, and says so once',
    async (verb) => {
      if (verb === 'patch') server.put('data/minio', { rootUser: 'root' });
      let refused = 0;
      server.denies = (request) =>
        request.verb === verb && `${request.namespace}/${request.name}` === 'data/minio' && ++refused <= 3;
      const result = await run(server, platform);
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
    const result = await run(server, [copy('data/a', 'data/foreign')]);
    expectSuccess(result);
    expect(result.stdout).toContain("data/a for the Job's Role to allow the verb get on data/foreign (403 Forbidden)");
  });

  test('names the verb and the object when the time is over, has done the rest, and completes once it may', async () => {
    server.denies = ({ verb, namespace, name }) => verb === 'create' && `${namespace}/${name}` === 'data/minio';
    const result = await run(server, platform, 1);
    expect(result.code).toBe(1);
    const over = 'but the deadline of 1 s is over';
    expect(lines(result.stderr)).toEqual([
      `error: data/minio: still waits for the Job's Role to allow the verb create on data/minio (403 Forbidden), ${over}`,
      `error: mlflow/store: still waits for key mlflow-password of data/minio, ${over}`,
      `error: models/rclone: still waits for key secret-key of mlflow/store, ${over}`,
    ]);
    expect(server.objects).toHaveLength(2);
    server.denies = () => false;
    expectSuccess(await run(server, platform));
    expectCompletePlatform(server);
  });

  test.each([
    ['exceeded quota: small, requested: secrets=1, used: secrets=3', 'a ResourceQuota of the namespace is used up'],
    ['admission webhook "x" denied the request: no', 'an admission webhook or policy of the cluster denies it'],
  ])('does not blame the Role for «%s»', async (message, advice) => {
    server.before = ({ verb }) => (verb === 'create' ? { status: 403, body: { message } } : undefined);
    const { code, stderr } = await run(server, [random('data/a')]);
    expect(code).toBe(1);
    expect(stderr).toContain(`403 Forbidden — ${advice}`);
  });

  test('says that the token is not accepted', async () => {
    writeFileSync(join(server.account, 'token'), 'of another cluster');
    const { code, stderr } = await run(server, [random('data/a')]);
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
      const { code, stderr } = await run(server, [random('data/a')], 1);
      expect(code).toBe(1);
      if (status === 422)
        expect(stderr).toMatch(/422 Unprocessable Entity — its text is left out.*; look at data\[password\]\n/);
    },
  );

  test('reports an answer that is no Secret, such as the page of a proxy', async () => {
    server.before = () => ({ status: 200, body: '<html>welcome</html>' });
    const { code, stderr } = await run(server, [random('data/a')]);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot get secrets "a" in namespace "data": 200 OK');
  });
});
