import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestInRegistry, isLoopback } from '../../../lib/images/registry';
import { digestOf, startRegistry, type FakeRegistry } from '../../support/registry';

const manifest = '{"schemaVersion":2,"manifests":[]}';
let registry: FakeRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  registry.manifests.set('mirror/prometheus/prometheus:v3', manifest);
});
afterEach(() => {
  registry.trouble = undefined;
});
afterAll(() => registry.stop());

const digest = (tag = 'v3'): Promise<string> =>
  digestInRegistry({ registry: `${registry.host}/mirror`, repository: 'prometheus/prometheus', tag });

test('a tag has the digest of the bytes of its manifest, asked for with an anonymous token', async () => {
  expect(await digest()).toBe(digestOf(manifest));
});

test('a tag that does not exist is an error', async () => {
  await expect(digest('v4')).rejects.toThrow('there is no such image (correct its name and tag)');
});

test.each([
  [403, {}, /^the registry asks for a login \(install skopeo or crane/],
  [401, {}, /^the registry asks for a login/],
  [401, { 'www-authenticate': 'Basic realm="private"' }, /^the registry asks for a login/],
  [429, {}, /^the registry limits how often/],
  [500, {}, /^the registry answers 500$/],
])('a registry that answers %i with %j is an error that says what to do', async (status, headers, message) => {
  registry.trouble = () => ({ status, headers });
  await expect(digest()).rejects.toThrow(message);
});

/** A server that answers every request like this, for one test. */
async function answering(answer: RequestListener, use: (host: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const referTo = (realm: string): void => {
  registry.trouble = () => ({ status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}"` } });
};

const broken: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
};

/** Until the client ends the connection. */
const endless: RequestListener = (_, response) => {
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(2 ** 20)));
  };
  response.on('drain', more);
  more();
};

test('an answer that does not end is no longer read', async () => {
  await answering(endless, async (host) => {
    const pin = { registry: host, repository: 'a', tag: '1' };
    await expect(digestInRegistry(pin)).rejects.toThrow(`${host} answers with more than 4 MiB, so it is no registry`);
  });
});

test.each<[string, RequestListener, RegExp]>([
  ['refuses a token', (_, response) => response.writeHead(401).end(), /^the registry asks for a login/],
  ['gives none', (_, response) => response.end('{}'), /^127\S+ gives no token for \S+v3$/],
  ['gives something else', (_, response) => response.end('{"token":1}'), /^127\S+ gives no token for \S+v3$/],
  ['answers with a page', (_, response) => response.end('<html>'), /^127\S+ gives no token for \S+v3$/],
  ['breaks off', broken, /^127\S+ does not answer: \S.* \(behind a proxy/],
])('a token server that %s is an error', async (_, answer, message) => {
  await answering(answer, async (host) => {
    referTo(`http://${host}/token`);
    await expect(digest()).rejects.toThrow(message);
  });
});

test.each<[string, RequestListener, RegExp]>([
  ['breaks off', broken, /^127\S+ does not answer: \S.* \(behind a proxy/],
  [
    'answers with a page',
    (_, response) => response.end('<html>'),
    /^the registry answers "<html>", which is no manifest/,
  ],
])('a registry that %s is an error', async (_, answer, message) => {
  await answering(answer, async (host) => {
    await expect(digestInRegistry({ registry: host, repository: 'a', tag: '1' })).rejects.toThrow(message);
  });
});

test.each(['nonsense', '', '/token', 'http://auth.example.org/token', 'file:///etc/passwd', 'data:,token'])(
  'a token is not asked for at "%s"',
  async (realm) => {
    referTo(realm);
    await expect(digest()).rejects.toThrow(`${registry.host} leads to ${JSON.stringify(realm)}, which is not asked:`);
  },
);

describe('a registry elsewhere', () => {
  const fetched = jest.spyOn(globalThis, 'fetch');
  afterAll(() => fetched.mockRestore());

  const answer = (status: number, headers: Record<string, string> = {}): Response =>
    new Response(status === 302 ? null : manifest, { status, headers });
  const asked = (): Promise<string> =>
    digestInRegistry({ registry: 'registry.example.org', repository: 'a', tag: '1' });

  test.each(['http://127.0.0.1:8080/admin', 'https://localhost/admin', 'http://registry.example.org/token'])(
    'cannot make this machine ask %s',
    async (url) => {
      const refusal = `registry.example.org leads to "${url}", which is not asked:`;
      const challenge = { 'www-authenticate': `Bearer realm="${url}"` };
      fetched.mockReset().mockResolvedValueOnce(answer(401, challenge));
      await expect(asked()).rejects.toThrow(refusal);
      expect(fetched).toHaveBeenCalledTimes(1);
    },
  );

  test.each(['http://cdn.example.org/a', 'https://127.0.0.1:6443/api', 'http://localhost/a'])(
    'cannot make this machine ask %s by a redirection either',
    async (location) => {
      fetched.mockReset().mockResolvedValueOnce(answer(302, { location }));
      await expect(asked()).rejects.toThrow(`registry.example.org leads to "${location}", which is not asked:`);
      expect(fetched).toHaveBeenCalledTimes(1);
    },
  );

  test('may redirect to another host, which gets no credentials, but not for ever', async () => {
    fetched.mockReset();
    const challenge = { 'www-authenticate': 'Bearer realm="https://auth.example.org/token"' };
    fetched.mockResolvedValueOnce(answer(401, challenge)).mockResolvedValueOnce(new Response('{"token":"t"}'));
    fetched.mockResolvedValueOnce(answer(302, { location: '/other' }));
    fetched.mockResolvedValueOnce(answer(302, { location: 'https://cdn.example.org/a' }));
    fetched.mockResolvedValueOnce(answer(200));
    expect(await asked()).toBe(digestOf(manifest));
    const authorizations = fetched.mock.calls.map(([, options]) => new Headers(options?.headers).get('authorization'));
    expect(authorizations).toEqual([null, null, 'Bearer t', 'Bearer t', null]);
    fetched.mockReset().mockImplementation(() => Promise.resolve(answer(302, { location: '/again' })));
    await expect(asked()).rejects.toThrow('the registry answers 302');
    expect(fetched).toHaveBeenCalledTimes(6);
  });
});

test('a registry whose name makes no address is an error', async () => {
  await expect(digestInRegistry({ registry: 'a.example.org:99999', repository: 'a', tag: '1' })).rejects.toThrow(
    'a.example.org:99999 leads to "https://a.example.org:99999/v2/a/manifests/1", which is not asked:',
  );
});

test('a registry that does not answer is an error that names its host', async () => {
  const gone = await startRegistry();
  await gone.stop();
  const pin = { registry: gone.host, repository: 'a/b', tag: '1' };
  const message = `${gone.host} does not answer: connect ECONNREFUSED ${gone.host} (behind a proxy`;
  await expect(digestInRegistry(pin)).rejects.toThrow(message);
});

test.each([
  ['localhost', true],
  ['localhost:5000', true],
  ['127.0.0.1:5000', true],
  ['[::1]:5000', true],
  ['docker.io', false],
  ['localhost.example.org', false],
  ['127.0.0.1.example.org', false],
])('%s needs no certificate: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
