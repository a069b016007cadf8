import { spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, ClusterApi } from '../../../cluster/api/api';
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

describe('requests through kubectl', () => {
  let server: Server;
  let requests: string[] = [];
  let close = (): void => undefined;
  let api: ClusterApi;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        requests.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
        const missing = request.url === '/missing';
        response.writeHead(missing ? 404 : 200, {
          'content-type': 'application/json',
          date: 'Thu, 01 Jan 2026 00:00:00 GMT',
        });
        response.end(missing ? '404 page not found' : '{"kind":"Thing"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = await openProxy({ kubeconfig: kubeconfig('local', `http://127.0.0.1:${port}`) });
    api = new ClusterApi(proxy.socket);
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
    expect(await api.get('/missing')).toBeUndefined();
    const proxy = await openProxy({ kubeconfig: nobody });
    const lost = new ClusterApi(proxy.socket);
    const error: unknown = await lost.send('GET', '/version').catch((thrown: unknown) => thrown);
    lost.close();
    proxy.close();
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).unreachable).toBe(true);
    expect((error as ApiError).message).toContain('connection refused');
  });

  test('show the server’s clock', async () => {
    await api.send('GET', '/thing');
    expect(api.now().toISOString()).toMatch(/^2026-01-01T00:00:0/);
  });
});
