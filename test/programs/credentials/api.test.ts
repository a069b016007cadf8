import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { makeCertificate } from '../../support/certificate';
import type { FakeApiServer } from '../../support/fake-api-server';
import { expectCompletePlatform, expectSuccess, platform, random, startServer } from './fixtures';
import { run } from './run';

let server: FakeApiServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

describe('when the way to the API server is bad', () => {
  test.each([429, 500, 503])('tries again after status %i', async (status) => {
    let faults = 2;
    server.before = () => (faults-- > 0 ? { status } : undefined);
    const result = await run(server, platform);
    expectSuccess(result);
    expectCompletePlatform(server);
    expect(result.stdout).toContain(`trying again: API server 127.0.0.1, port ${server.port}: status ${status}`);
  });

  test.each([
    ['seconds', () => '2'],
    ['a date', () => new Date(Date.now() + 3000).toUTCString()],
  ])('waits as long as Retry-After asks for, given as %s', async (_, retryAfter) => {
    let faults = 1;
    server.before = () => (faults-- > 0 ? { status: 429, headers: { 'retry-after': retryAfter() } } : undefined);
    expectSuccess(await run(server, [random('data/a')]));
    const [first, second] = server.requests.map(({ time }) => time);
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(1950);
  });

  test('gives up at once if Retry-After is longer than the deadline', async () => {
    server.before = () => ({ status: 503, headers: { 'retry-after': '100' } });
    const { code, stderr } = await run(server, [random('data/a')], 20);
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
      expectSuccess(await run(server, platform));
      expect(server.data('mlflow/database').uri).toContain(':chosen_by_hand_12345678@');
      expect(server.objects).toHaveLength(5);
    },
  );

  test('does not wait for an answer beyond the deadline', async () => {
    server.before = () => 'silence';
    const started = performance.now();
    const { code, stderr } = await run(server, [random('data/a')], 1);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no answer \(in \d+ ms\); gave up: the deadline of 1 s is over/);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  test('does not talk to a server whose certificate another authority signed', async () => {
    writeFileSync(join(server.account, 'ca.crt'), makeCertificate().cert);
    const { code, stderr } = await run(server, platform);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not trusted \([A-Z_]+\): its certificate must fit .*\/ca\.crt/);
    expect(server.requests).toEqual([]);
  });

  test('reads the token again for each request, since the kubelet renews it', async () => {
    server.before = () => {
      server.rotateToken();
      return undefined;
    };
    expectSuccess(await run(server, platform));
    expectCompletePlatform(server);
  });

  // Node.js 22.23.3 itself accepts no certificate for an IPv6 address. The Job's image, with Node.js 24, does.
  const certificate = { subjectaltname: 'IP Address:0:0:0:0:0:0:0:1' } as PeerCertificate;
  const whereNodeCan = checkServerIdentity('::1', certificate) === undefined ? test : test.skip;

  whereNodeCan('reaches a server with an IPv6 address', async () => {
    const six = await startServer('::1');
    const result = await run(six, platform);
    await six.stop();
    expectSuccess(result);
    expect(six.objects).toHaveLength(5);
  });
});
