import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { joinLists, order, validateSpecs } from '../../../programs/credentials/specs';
import { type Data, differingKeys, materialize, percentEncode, randomText } from '../../../programs/credentials/values';
import type { SecretKeyRef, SecretSpec, ValueSpec } from '../../../lib/graph/secret-spec';
import { anyText } from '../../support/any-text';

const key = (name: string, of: string): SecretKeyRef => ({ namespace: 'data', name, key: of });
const secret = (name: string, keys: Record<string, ValueSpec>): SecretSpec => ({ namespace: 'data', name, keys });
const bytes = (texts: Record<string, string>): Data =>
  new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));

describe('validateSpecs', () => {
  test('accepts every kind of value, in any order of Secrets', () => {
    const list = [
      secret('app', {
        password: { copyOf: key('db', 'password') },
        uri: {
          template: 'db://{user}:{pass}@db/{{x}}',
          values: { user: key('db', 'user'), pass: key('app', 'password') },
        },
        raw: { template: '{a}', values: { a: key('of-somebody-else', 'token') }, encode: 'none' },
        token: { jwt: { sub: key('db', 'user'), aud: 'you', exp: 1 }, signedWith: key('db', 'password') },
        name: { random: 16, formerly: { value: 'me', beside: 'password' } },
      }),
      { ...secret('db', { user: { value: 'me' }, password: { random: 16 } }), type: 'Opaque', labels: { a: 'b' } },
    ];
    expect(validateSpecs(list)).toEqual([]);
  });

  test('lists every problem at once', () => {
    const list = [
      { namespace: 'Data', name: 'a_b', type: 1, labels: { x: 1 }, annotations: [], keys: {} },
      'nonsense',
      secret('values', {
        '..': { value: 'x' },
        'a b': { value: 'x' },
        short: { random: 15 },
        part: { random: 16.5 },
        former: { random: 16, formerly: { value: 'me', beside: 'a b' } },
        none: {} as ValueSpec,
        both: { value: 'x', random: 20 },
        text: { value: 1 as unknown as string },
        copy: { copyOf: { namespace: 'data', name: 'x/../y', key: 'k' } },
        token: { jwt: { admin: true as unknown as string }, signedWith: key('x/../y', 'k') },
      }),
      secret('templates', {
        brace: { template: 'a{b', values: {} },
        unset: { template: '{user}', values: {} },
        unused: { template: 'x', values: { user: key('db', 'user') } },
        wrong: { template: '{user}', values: { user: { ...key('db', 'user'), key: '' } }, encode: 'html' as 'url' },
      }),
      secret('db', { user: { value: 'me' } }),
      secret('db', { user: { value: 'me' } }),
      secret('lost', { a: { copyOf: key('db', 'password') }, b: { copyOf: key('lost', 'toString') } }),
      secret('large', { a: { value: 'ü'.repeat(500_000) }, b: { random: 50_000 } }),
    ];
    expect(validateSpecs(list)).toEqual([
      'Data/a_b: namespace "Data" must be a DNS label',
      'Data/a_b: name "a_b" must be a DNS name in lower case',
      'Data/a_b: type 1 must be text',
      'Data/a_b: labels must be an object of texts',
      'Data/a_b: annotations must be an object of texts',
      'Data/a_b: keys must name at least one key',
      '#2: must be an object with namespace, name and keys',
      'data/values: key ".." must be 1 to 253 of A-Z a-z 0-9 - _ . (not . or ..)',
      'data/values: key "a b" must be 1 to 253 of A-Z a-z 0-9 - _ . (not . or ..)',
      'data/values: key short: random 15 must be a whole number from 16 to 1048576',
      'data/values: key part: random 16.5 must be a whole number from 16 to 1048576',
      'data/values: key former: formerly must have a text value, and a valid key beside',
      'data/values: key none: must have exactly one of random, value, copyOf, template and jwt',
      'data/values: key both: must have exactly one of random, value, copyOf, template and jwt',
      'data/values: key text: value must be text',
      'data/values: key copy: copyOf must be a valid namespace, name and key',
      'data/values: key token: jwt must be an object of texts, numbers and valid namespaces, names and keys',
      'data/values: key token: signedWith must be a valid namespace, name and key',
      'data/templates: key brace: template has a single {; write {{ for the brace itself',
      'data/templates: key unset: values lacks {user} of the template',
      'data/templates: key unused: template does not use {user} of values',
      'data/templates: key wrong: values.user must be a valid namespace, name and key',
      'data/templates: key wrong: encode "html" must be url or none',
      'data/large: its values have 1050000 bytes; a Secret holds 1048576 at most',
      'data/db: is listed more than once; put all its keys into one entry',
      'data/lost: key a: data/db has no key password',
      'data/lost: key b: data/lost has no key toString',
    ]);
  });

  test('names the Secrets, or the keys of one Secret, that go round in a circle', () => {
    const list = [
      secret('a', { x: { copyOf: key('b', 'x') } }),
      secret('b', { x: { template: '{c}', values: { c: key('c', 'x') } } }),
      secret('c', { x: { copyOf: key('a', 'x') } }),
      secret('self', { p: { copyOf: key('self', 'q') }, q: { copyOf: key('self', 'p') } }),
    ];
    expect(validateSpecs(list)).toEqual([
      'data/a → data/b → data/c → data/a: take values from each other; move the shared key to a Secret of its own',
      'data/self: keys p → q → p take values from each other',
    ]);
  });

  test('refuses Secrets that refer to each other by different keys, since each is written in one go', () => {
    const list = [
      secret('a', { own: { random: 20 }, other: { copyOf: key('b', 'own') } }),
      secret('b', { own: { random: 20 }, other: { copyOf: key('a', 'own') } }),
    ];
    expect(validateSpecs(list)).toHaveLength(1);
  });

  test.each([null, {}, 'text'])('refuses %j, which is no list', (list) => {
    expect(validateSpecs(list)).toEqual(['the list of Secrets must be a JSON array']);
  });

  test('never throws, whatever JSON it is given', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(validateSpecs([value, value]))));
  });
});

test('order puts each Secret after those it takes values from, and keeps the given order otherwise', () => {
  const list = [
    secret('app', { a: { copyOf: key('mid', 'a') }, b: { copyOf: key('foreign', 'a') } }),
    secret('alone', { a: { random: 20 } }),
    secret('mid', { a: { copyOf: key('base', 'a') } }),
    secret('base', { a: { random: 20 } }),
  ];
  expect(order(list).map(({ name }) => name)).toEqual(['base', 'mid', 'app', 'alone']);
});

describe('materialize', () => {
  const spec = secret('app', {
    password: { random: 32 },
    copy: { copyOf: key('app', 'password') },
    uri: { template: 'db://{user}:{pass}@db', values: { user: key('db', 'user'), pass: key('app', 'password') } },
  });
  const read = (): Buffer => Buffer.from('me');

  test('derives keys from a random key of the same Secret, whatever their order', () => {
    const keys = Object.fromEntries(Object.entries(spec.keys).reverse());
    const added = materialize({ ...spec, keys }, new Map(), read);
    const password = String(added.get('password'));
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(String(added.get('copy'))).toBe(password);
    expect(String(added.get('uri'))).toBe(`db://me:${password}@db`);
  });

  test('makes only what is missing, from what is there', () => {
    const added = materialize(spec, bytes({ password: 'p@ss', copy: 'older' }), read);
    expect([...added].map(([name, value]) => [name, String(value)])).toEqual([['uri', 'db://me:p%40ss@db']]);
  });

  test('finds the keys that differ from their sources, as far as those are at hand', () => {
    const held = bytes({ password: 'p@ss', copy: 'older', uri: 'db://you:p%40ss@db' });
    const readOwn = (source: SecretKeyRef) => (source.name === 'app' ? held.get(source.key) : undefined);
    expect(differingKeys(spec, held, (source) => readOwn(source) ?? read())).toEqual(['copy', 'uri']);
    expect(differingKeys(spec, held, readOwn)).toEqual(['copy']);
    expect(differingKeys(spec, bytes({ password: 'p@ss', copy: 'p@ss' }), readOwn)).toEqual([]);
  });

  test('keeps a random value of any length, and one in a key named like a part of every object', () => {
    const odd = secret(
      'odd',
      JSON.parse('{"__proto__": {"random": 16}, "constructor": {"random": 16}}') as SecretSpec['keys'],
    );
    expect([...materialize(odd, bytes({ constructor: 'short' }), read).keys()]).toEqual(['__proto__']);
  });

  test('writes braces and raw bytes as the template says', () => {
    const raw = secret('raw', {
      json: { template: '{{"pass": "{pass}"}}', values: { pass: key('db', 'pass') }, encode: 'none' },
      edge: { template: '{{{pass}}}', values: { pass: key('db', 'pass') }, encode: 'none' },
    });
    const added = materialize(raw, new Map(), () => Buffer.from([0xff, 0x25]));
    expect(added.get('json')).toEqual(
      Buffer.concat([Buffer.from('{"pass": "'), Buffer.from([0xff, 0x25]), Buffer.from('"}')]),
    );
    expect(added.get('edge')).toEqual(Buffer.from([0x7b, 0xff, 0x25, 0x7d]));
  });

  test('signs the same token for the same claims, as anyone can verify who has the key', () => {
    const jwt = { sub: 'metrics', iss: 'prometheus' };
    const signed = secret('signed', { token: { jwt, signedWith: key('db', 'key') } });
    const token = (of: string): string => String(materialize(signed, new Map(), () => Buffer.from(of)).get('token'));
    const [header = '', claims = '', signature = ''] = token('secret').split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect([read(header), read(claims)]).toEqual([{ alg: 'HS512', typ: 'JWT' }, jwt]);
    expect(createHmac('sha512', 'secret').update(`${header}.${claims}`).digest('base64url')).toBe(signature);
    expect(token('secret')).toBe([header, claims, signature].join('.'));
    expect(token('another')).not.toBe(token('secret'));
    expect(differingKeys(signed, bytes({ token: token('secret') }), () => Buffer.from('another'))).toEqual(['token']);
  });

  test('signs claims that are values of other keys', () => {
    const jwt = { sub: key('db', 'user'), iss: 'prometheus' };
    const signed = secret('signed', { token: { jwt, signedWith: key('db', 'key') } });
    const token = materialize(signed, new Map(), (source) => Buffer.from(`the ${source.key}`)).get('token');
    const [, claims = ''] = String(token).split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({ sub: 'the user', iss: 'prometheus' });
  });

  test('copies bytes that are no text', () => {
    const noText = Buffer.from([0, 0xff, 0xfe, 0x80]);
    const copy = secret('copy', { a: { copyOf: key('db', 'a') } });
    expect(materialize(copy, new Map(), () => noText).get('a')).toEqual(noText);
  });

  test('any text survives the way through the user, password and query of a URL', () => {
    const source = { copyOf: key('db', 'any') }.copyOf;
    const template = 'postgresql+asyncpg://{v}:{v}@host:5432/server?option={v}&last=1';
    const uri = secret('uri', { uri: { template, values: { v: source } } });
    fc.assert(
      fc.property(anyText(), (value) => {
        const url = new URL(String(materialize(uri, new Map(), () => Buffer.from(value)).get('uri')));
        expect([decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([value, value]);
        expect([url.host, url.pathname, url.hash]).toEqual(['host:5432', '/server', '']);
        expect([...url.searchParams]).toEqual([
          ['option', value],
          ['last', '1'],
        ]);
      }),
      { numRuns: 500 },
    );
  });

  test('any bytes survive percent-encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const text = percentEncode(Buffer.from(array));
        expect(text).toMatch(/^([A-Za-z0-9\-._~]|%[0-9A-F]{2})*$/);
        const decoded = text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
        expect(Buffer.from(decoded, 'latin1')).toEqual(Buffer.from(array));
      }),
    );
  });
});

describe('randomText', () => {
  test('uses each letter and digit equally often', () => {
    const length = 620_000;
    const counts = new Map<string, number>();
    for (const letter of randomText(length)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect([...counts.keys()].sort().join('')).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
    // Chi-squared with 61 degrees of freedom: above 140 in less than one of ten million runs; the bias of `byte % 62` gives some 4,000.
    const expected = length / 62;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(140);
  });

  test('never gives the same twice', () => {
    const texts = Array.from({ length: 1000 }, () => randomText(16));
    expect(new Set(texts).size).toBe(1000);
  });
});

describe('several lists', () => {
  const some = (name: string, ...keys: string[]): SecretSpec => ({
    ...{ namespace: 'a', name },
    keys: Object.fromEntries(keys.map((key) => [key, { random: 16 }])),
  });

  test('are one, in which a Secret goes on from one to the next', () => {
    const lists = [
      [some('one', 'a'), some('two', 'a', 'b')],
      [some('two', 'c')],
      [some('two', 'd'), some('three', 'a')],
    ];
    expect(joinLists(lists)).toEqual([some('one', 'a'), some('two', 'a', 'b', 'c', 'd'), some('three', 'a')]);
  });

  test('keep what is listed twice, and what is no Secret, for the rules to find', () => {
    expect(joinLists([[some('one', 'a'), some('two', 'a')], [some('one', 'b')]])).toHaveLength(3);
    expect(joinLists([[5], [5, {}], []])).toEqual([5, 5, {}]);
  });
});
