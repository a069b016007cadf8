import { spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterApi, itemsOf } from '../../../cluster/api/api';
import { ApiError } from '../../../cluster/api/api-error';
import { connect } from '../../../cluster/api/connect';
import { chosenTarget, openProxy } from '../../../cluster/api/kubectl';
import { projectRoot } from '../../../lib/project';
import { temporaryFolder } from '../../support/temporary';

const folder = temporaryFolder();

function kubeconfig(name: string, server: string, current = name): string {
  const file = join(folder, `${name}.json`);
  const clusters = [{ name, cluster: { server } }];
  const contexts = [{ name, context: { cluster: name, user: name } }];
  const users = [{ name, user: {} }];
  const config = { apiVersion: 'v1', kind: 'Config', clusters, contexts, users, 'current-context': current };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const nobody = kubeconfig('nobody', 'http://127.0.0.1:1'); // A port that needs root to listen on, and that nothing uses.

test('the chosen context has a name and an address', async () => {
  expect(await chosenTarget({ kubeconfig: nobody })).toEqual({ name: 'context nobody', server: 'http://127.0.0.1:1' });
});

test('an unknown context is refused with the known ones', async () => {
  await expect(chosenTarget({ kubeconfig: nobody, context: 'other' })).rejects.toThrow(
    /^There is no context "other" .*Give --context with one of: nobody\.$/,
  );
});

test('without any context the error says where to name one', async () => {
  const none = kubeconfig('none', 'http://127.0.0.1:1', '');
  await expect(chosenTarget({ kubeconfig: none })).rejects.toThrow(/^No context is chosen .*one of: none\.$/);
  await expect(chosenTarget({ kubeconfig: join(folder, 'missing') })).rejects.toThrow(
    'set KUBECONFIG, or give --kubeconfig',
  );
});

test('a program that is killed takes kubectl and its private socket with it', async () => {
  const script = `
    const { openProxy } = require(${JSON.stringify(join(projectRoot, 'cluster/api/kubectl.ts'))});
    openProxy({ kubeconfig: ${JSON.stringify(nobody)} }).then(({ socket }) => console.log(socket));
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (
    await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))))
  ).split('\n');
  const socket = line ?? '';
  expect(statSync(dirname(socket)).mode & 0o077).toBe(0);
  child.kill('SIGKILL');
  for (let tries = 0; existsSync(dirname(socket)) && tries < 100; tries += 1) await sleep(100);
  expect(existsSync(dirname(socket))).toBe(false);
});

/** Path → what no API server would answer there. */
const answers: Readonly<Record<string, string>> = {
  '/page': '<html>log in</html>',
  '/nothing': '',
  '/null': 'null',
  '/list': '[]',
  '/version': '{"gitVersion":{}}',
  '/large': JSON.stringify({ kind: 'x'.repeat(2_000_000) }),
};

describe('requests through kubectl', () => {
  let server: Server;
  let requests: string[] = [];
  let close = (): void => undefined;
  let api: ClusterApi;
  let socket: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        requests.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
        const missing = request.url === '/missing';
        const other = answers[request.url ?? ''];
        response.writeHead(missing ? 404 : 200, {
          'content-type': 'application/json',
          date: 'Thu, 01 Jan 2026 00:00:00 GMT',
        });
        response.end(missing ? '404 page not found' : (other ?? '{"kind":"Thing"}'));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = await openProxy({ kubeconfig: kubeconfig('local', `http://127.0.0.1:${port}`) });
    ({ socket } = proxy);
    api = new ClusterApi(socket);
    close = () => {
      api.close();
      proxy.close();
    };
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(async () => {
    close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('arrive with their bodies, also those that delete', async () => {
    await api.send('DELETE', '/thing', { body: { preconditions: { uid: '1' } } });
    await api.send('GET', '/thing', { query: { a: 'b c' } });
    expect(requests).toEqual(['DELETE /thing {"preconditions":{"uid":"1"}}', 'GET /thing?a=b+c ']);
  });

  test('distinguish a missing object from a missing server', async () => {
    expect(await api.find('/missing')).toBeUndefined();
    const proxy = await openProxy({ kubeconfig: nobody });
    const lost = new ClusterApi(proxy.socket);
    const error: unknown = await lost.send('GET', '/version').catch((thrown: unknown) => thrown);
    lost.close();
    proxy.close();
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).unreachable).toBe(true);
    expect((error as ApiError).message).toContain('connection refused');
  });

  test.each(['/page', '/nothing', '/null', '/list'])('refuse an answer that is no object: %s', async (path) => {
    const error: unknown = await api.send('GET', path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).transient).toBe(false);
    const said = `the answer to GET ${path} is not an object: ${JSON.stringify(answers[path])}. Is it an API server?`;
    expect((error as ApiError).message).toBe(said);
  });

  test('refuse a version that is none, and a list of anything else', async () => {
    await expect(connect(api, { name: 'context c' }, new AbortController().signal)).rejects.toThrow(
      'the answer to GET /version is not a version: "{\\"gitVersion\\":{}}"',
    );
    expect(() => itemsOf({ items: ['a'] })).toThrow('is not objects as its items');
    expect([itemsOf({ items: null }), itemsOf({}), itemsOf({ items: [{ a: 1 }] })]).toEqual([[], [], [{ a: 1 }]]);
  });

  test('stop reading an answer that is too large', async () => {
    const careful = new ClusterApi(socket, 1);
    await expect(careful.send('GET', '/large')).rejects.toThrow('it answers with more than 1 MB');
    careful.close();
    expect(await api.send('GET', '/large')).toHaveProperty('kind');
  });

  test('show the server’s clock', async () => {
    await api.send('GET', '/thing');
    expect(api.now().toISOString()).toMatch(/^2026-01-01T00:00:0/);
  });
});
