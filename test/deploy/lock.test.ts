import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterApi, type LiveObject } from '../../lib/cluster/api';
import { Deadline } from '../../lib/cluster/deadline';
import { Lock } from '../../lib/deploy/lock';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
const socket = join(folder, 'api.sock');
const api = new ClusterApi(socket);
const silent = { done: () => undefined, note: () => undefined, waiting: () => undefined };
let server: Server;
let lease: LiveObject | undefined;
let revision = 0;
/** Called when a renewal has been carried out, and before it is answered. */
let renewed: () => Promise<void> = () => Promise.resolve();

type Body = LiveObject & { readonly preconditions?: LiveObject['metadata'] };

/** What an API server does with a Lease: each write makes another version of it, and a precondition must hold. */
async function carryOut(method: string, body: Body): Promise<[code: number, answer: object]> {
  const fail = (code: number): [number, object] => [code, { kind: 'Status', code }];
  if (method !== 'POST') {
    if (lease === undefined) return fail(404);
    if (method === 'GET') return [200, lease];
    const { resourceVersion } = body.preconditions ?? body.metadata;
    if (resourceVersion !== lease.metadata.resourceVersion) return fail(409);
  }
  if (method === 'DELETE') {
    lease = undefined;
    return [200, {}];
  }
  const written = { ...body, metadata: { ...body.metadata, uid: 'one', resourceVersion: `${++revision}` } };
  lease = written;
  if (method === 'PUT') await renewed();
  return [200, written];
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request)
      .then((content) => carryOut(request.method ?? '', JSON.parse(content || '{}') as Body))
      .then(([code, answer]) => response.writeHead(code).end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterAll(() => {
  api.close();
  server.close();
  rmSync(folder, { recursive: true });
});

test('a lock that is given back just when it is renewed is gone', async () => {
  const lock = await Lock.take(api, 'mlops', new Deadline(60_000, new AbortController().signal), silent);
  let released: Promise<void> | undefined;
  await new Promise<void>((resolve) => {
    renewed = async () => {
      released = lock.release();
      resolve();
      await sleep(100);
    };
  });
  await released;
  expect(lease).toBeUndefined();
});
