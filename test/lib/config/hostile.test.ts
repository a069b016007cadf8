import { creditcard, parse, problemsOf, problemsWith, smallest, withKeys } from '../../support/config';

describe('whatever a config file exports, the answer is a list of problems', () => {
  const loop: Record<string, unknown> = { type: 'cluster' };
  loop.again = loop;
  let deep: unknown = {};
  for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
  class Cluster {
    readonly externalHost = 'a';
  }
  const throwing = {
    ownKeys: () => {
      throw new Error('no');
    },
  };

  test.each<[string, unknown, readonly string[]]>([
    [
      'nothing',
      undefined,
      [
        'config: undefined — must be an object (write e.g. { cluster: { externalHost: "192.0.2.10" }, size: { profile: "laptop" } })',
      ],
    ],
    ['a function', () => smallest, ['config: a function — must be plain data (write what it returns)']],
    ['a promise', Promise.resolve(smallest), ['config: a promise — must be plain data (write what it resolves to)']],
    [
      'a date',
      withKeys({ models: [new Date(0)] }),
      ['models[0]: an instance of a class — must be a plain object (write { … })'],
    ],
    [
      'a map',
      withKeys({ images: new Map() }),
      ['images: an instance of a class — must be a plain object (write { … })'],
    ],
    [
      'an instance',
      withKeys({ cluster: new Cluster() }),
      ['cluster: an instance of a class — must be a plain object (write { … })'],
    ],
    [
      'inherited keys',
      Object.create(smallest),
      ['config: an instance of a class — must be a plain object (write { … })'],
    ],
    ['a bigint', withKeys({ name: 5n }), ['name: a bigint — must be plain data (write a number or a text)']],
    ['a symbol', withKeys({ name: Symbol('a') }), ['name: a symbol — must be plain data (write a number or a text)']],
    [
      'a method',
      withKeys({ models: [{ ...creditcard, name: () => 'a' }] }),
      ['models[0].name: a function — must be plain data (write what it returns)'],
    ],
    [
      'a cycle',
      withKeys({ services: { kafka: { expose: loop } } }),
      ['services.kafka.expose.again: a cycle — must not hold itself (remove it)'],
    ],
    [
      'depth',
      withKeys({ x: deep }),
      [
        expect.stringContaining('x: {"a":'),
        expect.stringMatching(/^x(\.a)+: an object — is nested more than 20 levels deep \(remove it\)$/),
      ],
    ],
    [
      'a long text',
      withKeys({ name: 'a'.repeat(10_000_000) }),
      ['name: 10000000 characters — must have at most 4096 characters'],
    ],
    [
      'a long list',
      withKeys({ models: new Array(2 ** 32 - 1) }),
      ['models: 4294967295 entries — must have at most 10000 entries'],
    ],
    [
      'many keys',
      withKeys({ services: Object.fromEntries(Array.from({ length: 20_000 }, (_, key) => [`k${key}`, 1])) }),
      ['services: 20000 entries — must have at most 10000 entries'],
    ],
    [
      'a getter that throws',
      {
        ...smallest,
        cluster: {
          get externalHost() {
            throw new Error('no');
          },
        },
      },
      ['cluster.externalHost: unreadable — reading it throws an error (write the value itself)'],
    ],
    [
      'a proxy that throws',
      withKeys({ services: new Proxy({}, throwing) }),
      ['services: unreadable — reading it throws an error (write the value itself)'],
    ],
    [
      '__proto__',
      JSON.parse(
        '{"cluster":{"externalHost":"a"},"size":{"profile":"team"},"__proto__":{"models":[]},"images":{"overrides":{"__proto__":"a:1"}}}',
      ),
      [
        'images.overrides.__proto__: an object — unknown key (remove it)',
        '__proto__: an object — unknown key (remove it)',
      ],
    ],
    [
      'constructor',
      withKeys({ services: { constructor: {} }, images: { overrides: { toString: 'a:1' } } }),
      [
        expect.stringMatching(/^services.constructor: {} — unknown key \(known: postgresql, /),
        expect.stringMatching(/^images.overrides.toString: "a:1" — unknown key \(known: /),
      ],
    ],
    [
      'a hole in a list',
      withKeys({ images: { pullSecrets: ['a', , 'b'] } }),
      [
        'images.pullSecrets[1]: undefined — must be a DNS name in lower case, at most 253 characters (write e.g. "registry-login")',
      ],
    ],
    [
      'not a number',
      withKeys({ models: [{ ...creditcard, replicas: Number.NaN }] }),
      ['models[0].replicas: NaN — must be a whole number from 1 to 1000 (write e.g. 2)'],
    ],
    [
      'a key that is a sentence',
      withKeys({ 'a "b"\nc': 1 }),
      [expect.stringMatching(/^\["a \\"b\\"\\nc"\]: 1 — unknown key/)],
    ],
  ])('%s', (_, input, problems) => {
    expect(problemsOf(input)).toEqual(problems);
  });

  test('a tree that refers to one object very often is refused without a long wait', () => {
    let tree: unknown = 'x';
    for (let level = 0; level < 15; level += 1) tree = Array.from({ length: 100 }, () => tree);
    const started = performance.now();
    expect(problemsWith({ tree })[0]).toBe('config: too large — must have fewer than 1000000 values');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('texts that could slow down a regular expression are judged without a long wait', () => {
    const text = `${'a'.repeat(4_000)}!`;
    const started = performance.now();
    problemsOf({
      name: text,
      cluster: {
        externalHost: text,
        domain: `${'a.'.repeat(2_000)}!`,
        kubernetesVersion: text,
        nfs: { server: `${':'.repeat(4_000)}!`, path: text },
      },
      size: { profile: 'team', overrides: { mlflow: { cpu: '0'.repeat(4_000), memory: '0'.repeat(4_000) } } },
      images: {
        registry: `${'a/'.repeat(2_000)}!`,
        pullSecrets: [text],
        overrides: { kafka: `${'a-'.repeat(2_000)}!`, node: `${'a'.repeat(4_000)}:!` },
      },
      models: [{ name: text, server: text, uri: `s3://${text}${'/'.repeat(90)} ` }],
      services: {
        minio: { external: { endpoint: `http://${'/'.repeat(4_000)}?` } },
        prometheus: { retention: '9'.repeat(4_000) },
      },
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

test('getters that give plain data are plain data', () => {
  const config = {
    cluster: {
      get externalHost() {
        return 'node.example.org';
      },
    },
    size: { profile: 'team' },
  };
  expect(problemsOf(config)).toEqual([]);
});

test('a key whose value is undefined counts as not written', () => {
  expect(
    problemsWith({
      name: undefined,
      unknown: undefined,
      services: { kafka: { external: undefined, replicationFactor: 3 } },
    }),
  ).toEqual([]);
});

describe('what could be a secret is not repeated in a message', () => {
  test.each<[string, object]>([
    ['an unknown key whose name suggests a secret', { password: 'hunter2' }],
    [
      'anything below such a key',
      { credentials: { user: 'hunter2' }, secrets: { mode: 'generated', value: 'hunter2' } },
    ],
    ['such a name inside an unknown object', { minio: { rootPassword: 'hunter2', keys: ['hunter2'] } }],
    [
      'a login in a URL',
      {
        services: {
          minio: { external: { endpoint: 'http://admin:hunter2@s3', secret: { namespace: 'a', name: 'b' } } },
        },
      },
    ],
    [
      'a password in place of a reference to a Secret',
      { services: { minio: { external: { endpoint: 'http://s3', secret: 'hunter2' } } } },
    ],
  ])('%s', (_, keys) => {
    const problems = problemsWith(keys);
    expect(problems.join('\n')).toContain('(not shown)');
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test('but names of Secrets are, because they are what must be corrected', () => {
    expect(problemsWith({ images: { pullSecrets: ['My_Login'] } })[0]).toContain('images.pullSecrets[0]: "My_Login"');
  });
});

test('a config that is accepted is frozen all the way down, and the object that it came from is not', () => {
  const input = withKeys({
    models: [{ ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 }, dropColumns: ['Class'] } }],
  }) as {
    models: { drift: { dropColumns: string[] } }[];
  };
  const config = parse(input);
  const inner = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(inner)] : [];
  expect(inner(config).filter((value) => !Object.isFrozen(value))).toEqual([]);
  expect(inner(input).filter((value) => value !== creditcard && Object.isFrozen(value))).toEqual([]);
  input.models[0]?.drift.dropColumns.push('Amount');
  expect(config.models[0]?.drift?.dropColumns).toEqual(['Class']);
});
