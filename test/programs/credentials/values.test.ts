import fc from 'fast-check';
import type { SecretSpec } from '../../../lib/graph/secret-spec';
import { anyText } from '../../support/any-text';
import type { FakeApiServer } from '../../support/fake-api-server';
import { expectSuccess, random, startServer } from './fixtures';
import { run } from './run';

let server: FakeApiServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.stop());

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
    const { code, stderr } = await run(server, [spec]);
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
  const { code, stderr } = await run(server, [spec]);
  expect(code).toBe(0);
  expect(stderr).toContain(`warning: key ${key} of data/a ends with a line break`);
});

test('values of somebody else with any printable character come out of a URL as they went in', async () => {
  const odd = [':/?#[]@!$&\'()*+,;= "%<>\\^`{|}~', 'pässwörd', '😀', '%41', '.', '..', ''];
  const printable = anyText().filter((text) => !/^\s|\s$|\p{Cc}/u.test(text));
  const values = [...odd, ...fc.sample(printable, 100)];
  const named = Object.fromEntries(values.map((value, index) => [`v${index}`, value]));
  server.put('data/foreign', named);
  const keys = Object.keys(named).map((key) => [
    key,
    { template: 'kafka://{v}:{v}@host:9092/?x={v}', values: { v: { namespace: 'data', name: 'foreign', key } } },
  ]);
  const spec = { ...random('data/a'), keys: Object.fromEntries(keys) as SecretSpec['keys'] };
  expectSuccess(await run(server, [spec]));
  for (const [key, text] of Object.entries(server.data('data/a'))) {
    const url = new URL(text);
    const decoded = [decodeURIComponent(url.username), decodeURIComponent(url.password), url.searchParams.get('x')];
    expect(decoded).toEqual([named[key], named[key], named[key]]);
    expect(url.host).toBe('host:9092');
  }
});
