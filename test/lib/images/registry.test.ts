import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestInRegistry, isLoopback } from '../../../lib/images/registry';
import { digestOf, startRegistry, type FakeRegistry } from '../../support/registry';

let registry: FakeRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  registry.manifests.set('mirror/prometheus/prometheus:v3', '{"manifests":[]}');
});
afterEach(() => {
  registry.trouble = undefined;
});
afterAll(() => registry.stop());

const digest = (tag = 'v3'): Promise<string> =>
  digestInRegistry({ registry: `${registry.host}/mirror`, repository: 'prometheus/prometheus', tag });

test('a tag has the digest of the bytes of its manifest, asked for with an anonymous token', async () => {
  expect(await digest()).toBe(digestOf('{"manifests":[]}'));
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

test.each([
  ['refuses a token', (end: (status: number, body: string) => void) => end(401, ''), /^the registry asks for a login/],
  ['gives none', (end: (status: number, body: string) => void) => end(200, '{}'), /^127\S+ gives no token for \S+v3$/],
])('a token server that %s is an error', async (_, answer, message) => {
  const server = createServer((_request, response) => {
    answer((status, body) => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  registry.trouble = () => ({ status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}"` } });
  await expect(digest()).rejects.toThrow(message);
  server.close();
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
