import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ClusterApi } from '../../../cluster/api/api';
import { CustomResources } from '../../../lib/kubernetes/custom-resource';
import type { LiveObject } from '../../../lib/kubernetes/live-object';
import { TimeLimit } from '../../../cluster/api/time-limit';
import { Kinds } from '../../../cluster/api/kinds';
import { Lock } from '../../../cluster/deploy/lock';
import { Session } from '../../../cluster/deploy/session';
import { FakeClock } from '../../support/fake-clock';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
const socket = join(folder, 'api.sock');
const api = new ClusterApi(socket);
const silent = { done: () => undefined, note: () => undefined, waiting: () => undefined };
let server: Server;
let lease: LiveObject | undefined;
let revision = 0;
/** Called when a renewal has been carried out, and before it is answered; a failure loses the answer. */
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

/** Whether the API server answers us; others may reach it all the same. */
let isReached = true;
/** Everything that arrived for something else than the Lease. */
const writes: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const hangUp = (): unknown => request.socket.destroy();
    if (!isReached) return hangUp();
    if (!request.url?.includes('/leases')) {
      writes.push(request.method ?? '');
      return request.url === '/silent' || response.end('{}');
    }
    void text(request)
      .then((content) => carryOut(request.method ?? '', JSON.parse(content || '{}') as Body))
      .then(([code, answer]) => response.writeHead(code).end(JSON.stringify(answer)), hangUp);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterAll(() => {
  api.close();
  server.close();
  rmSync(folder, { recursive: true });
});

afterEach(() => {
  jest.restoreAllMocks();
  renewed = () => Promise.resolve();
  isReached = true;
  lease = undefined;
  writes.length = 0;
});

async function held(): Promise<{ lock: Lock; session: Session }> {
  const timeLimit = new TimeLimit(60_000, new AbortController().signal);
  const lock = await Lock.take(api, 'mlops', timeLimit, silent);
  const session = new Session(api, new Kinds(api), timeLimit, silent, new CustomResources([]));
  session.lock = lock;
  return { lock, session };
}

/** Somebody else takes the Lease over, as a deploy does whose clock says that it has expired. */
function takeOver(): void {
  if (lease === undefined) throw new Error('there is no Lease');
  const spec = { ...(lease.spec as object), holderIdentity: 'somebody else', renewTime: new Date().toISOString() };
  lease = { ...lease, spec, metadata: { ...lease.metadata, resourceVersion: `${++revision}` } };
}

describe('nothing is written', () => {
  const clocks = [
    ['the computer slept and only its calendar went on', Date],
    ['its calendar was set back and only the steady clock went on', performance],
  ] as const;

  test.each(clocks)('when the lock is not renewed for 15 s: %s', async (_, clock) => {
    const { lock, session } = await held();
    const now = clock.now.bind(clock);
    jest.spyOn(clock, 'now').mockImplementation(() => now() + 12_000);
    await session.write('PATCH', '/object', {});
    jest.spyOn(clock, 'now').mockImplementation(() => now() + 15_000);
    await expect(session.write('PATCH', '/object', {})).rejects.toThrow('the lock could not be renewed in time');
    expect(writes).toEqual(['PATCH']);
    await lock.release();
  });

  test('any more when the lock expires while the answer is waited for', async () => {
    const { lock, session } = await held();
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 14_500);
    const sent = now();
    await expect(session.write('DELETE', '/silent', {})).rejects.toThrow('no answer in time');
    expect(now() - sent).toBeLessThan(2500);
    expect(writes).toEqual(['DELETE']);
    await lock.release();
  });

  test('after another deploy has taken the lock over', async () => {
    const clock = new FakeClock();
    const { lock, session } = await held();
    takeOver();
    const lost = new Promise((resolve) => lock.lost.addEventListener('abort', resolve));
    await clock.pass(5000);
    await lost;
    await expect(session.write('PATCH', '/object', {})).rejects.toThrow('the lock could not be renewed in time');
    expect(writes).toEqual([]);
    await lock.release();
    expect(lease?.spec).toMatchObject({ holderIdentity: 'somebody else' });
  });
});

test('a deploy whose lock nobody has taken goes on as soon as it can renew it', async () => {
  const clock = new FakeClock();
  const { lock, session } = await held();
  isReached = false;
  await clock.pass(30_000);
  await clock.paused(); // One attempt has failed.
  expect(lock.left).toBe(0);
  isReached = true;
  await clock.pass(1000);
  await clock.paused();
  expect(lock.left).toBeGreaterThan(0);
  await session.write('PATCH', '/object', {});
  expect([lock.lost.aborted, writes]).toEqual([false, ['PATCH']]);
  await lock.release();
});

test('a renewal whose answer got lost is made again, and the lock stays ours', async () => {
  const clock = new FakeClock();
  const { lock } = await held();
  let renewals = 0;
  renewed = () => {
    renewals += 1;
    return renewals === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve();
  };
  await clock.pass(5000);
  await clock.pass(1000);
  await clock.paused();
  expect(renewals).toBe(2);
  expect(lock.left).toBeGreaterThan(10_000);
  expect(lock.lost.aborted).toBe(false);
  await lock.release();
  expect(lease).toBeUndefined();
});

test('a lock that is given back just when it is renewed is gone', async () => {
  const clock = new FakeClock();
  const { lock } = await held();
  let released: Promise<void> | undefined;
  const renewal = new Promise<void>((resolve) => {
    renewed = async () => {
      released = lock.release();
      resolve();
      await new Promise((answer) => setTimeout(answer, 100));
    };
  });
  await clock.pass(5000);
  await renewal;
  await released;
  expect(lease).toBeUndefined();
});
