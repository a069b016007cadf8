import fc from 'fast-check';
import { formatPath, type Path } from '../../../lib/config/path';
import { enumerate } from '../../../lib/config/rule';
import { creditcard, problemsOf, problemsWith } from '../../support/config';
import { fittingConfigs } from './arbitrary';

interface Place {
  readonly path: Path;
  readonly value: Record<string, unknown>;
}

/** Objects whose keys the user makes up. */
const freeKeys = ['annotations', 'gatewaySelector', 'monitorLabels', 'taskRuns'];

/** Every object of a config whose keys the schema knows, the config itself first. */
function objectsIn(value: unknown, path: Path = []): Place[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null || freeKeys.includes(String(path.at(-1)))) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => objectsIn(item, [...path, key]));
  return [{ path, value: value as Record<string, unknown> }, ...inner];
}

/** A copy of a config with other entries in the object at a path. */
function withObject(
  config: unknown,
  path: Path,
  change: (entries: [string, unknown][]) => [string, unknown][],
): unknown {
  const copy = structuredClone(config);
  const owner = path.reduce((inner, key) => (inner as never)[key], copy) as Record<string, unknown>;
  const entries = change(Object.entries(owner));
  for (const key of Object.keys(owner)) Reflect.deleteProperty(owner, key);
  Object.assign(owner, Object.fromEntries(entries));
  return copy;
}

const seed = 20_240_229;
const accepted = fc.sample(fittingConfigs, { seed, numRuns: 200 }).filter((config) => problemsOf(config).length === 0);
const often = { seed, numRuns: 500 };

const secret = { namespace: 'a', name: 'b' };
const ofAlerts = { severity: 'critical', models: ['a'], alerts: ['A'] };
const http = {
  nodePort: { port: 31_999 },
  loadBalancer: { host: 'a.example.org', annotations: {} },
  ingress: { host: 'a.example.org', className: 'nginx', tlsSecret: 'tls', annotations: {} },
  cluster: {},
};
const withoutLogin = true;
const open = {
  nodePort: { ...http.nodePort, withoutLogin },
  loadBalancer: { ...http.loadBalancer, withoutLogin },
  ingress: { ...http.ingress, withoutLogin },
  cluster: {},
};
const entrance = {
  ...http,
  nodePort: { ...http.nodePort, tlsSecret: 'tls', clientCertificates: true },
  loadBalancer: { ...http.loadBalancer, tlsSecret: 'tls', clientCertificates: true },
};
const kafka = {
  nodePort: { bootstrapPort: 31_999, brokerPorts: [31_998], withoutLogin },
  loadBalancer: { brokerHosts: ['a.example.org'], annotations: {}, withoutLogin },
  cluster: {},
};
const receivers = {
  webhook: { ...ofAlerts, url: 'https://a.example.org', secret },
  heartbeat: { url: 'https://a.example.org', secret },
  slack: { ...ofAlerts, channel: '#a', secret },
  pagerduty: { ...ofAlerts, secret },
  email: { ...ofAlerts, to: 'a@a.org', from: 'a@a.org', smarthost: 'a.a:1', username: 'a', secret },
};

/** What each type of the union at a path has beside `type`. */
const unionAt = (path: Path): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  path.includes('receivers')
    ? receivers
    : path.includes('kafka')
      ? kafka
      : path.includes('istio')
        ? entrance
        : path.includes('mlflow') || path.includes('prometheus')
          ? open
          : http;

/** Every way to write one key of another type into a config. */
const misplaced = accepted.flatMap((config) =>
  objectsIn(config).flatMap(({ path, value }) => {
    if (!('type' in value)) return [];
    const types = unionAt(path);
    const own = types[String(value.type)] ?? {};
    const others = Object.values(types).flatMap((keys) => Object.entries(keys));
    return others
      .filter(([key]) => !(key in own))
      .map(([key, inner]) => ({
        path: formatPath([...path, key]),
        types: Object.keys(types).filter((type) => key in (types[type] ?? {})),
        write: () => withObject(config, path, (entries) => [...entries, [key, inner]]),
      }));
  }),
);

test('a key of another type of a union is one problem, which names that type', () => {
  fc.assert(
    fc.property(fc.constantFrom(...misplaced), ({ path, types, write }) => {
      const names = enumerate(types.map((type) => JSON.stringify(type)));
      const rule =
        types.length === 1
          ? `belongs to type ${names} (remove it, or write type: ${names})`
          : `belongs to types ${names} (remove it, or change the type)`;
      expect(problemsOf(write()).map((problem) => problem.split(/: .* — /))).toEqual([[path, rule]]);
    }),
    often,
  );
});

/** Slips of the pen, at some place of a word. */
const slips: readonly ((word: string, at: number) => string)[] = [
  (word, at) => word.slice(0, at) + word.slice(at + 1),
  (word, at) => word.slice(0, at) + word.charAt(at) + word.slice(at),
  (word, at) => `${word.slice(0, at)}q${word.slice(at + 1)}`,
  (word, at) => word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2),
];

/** A config with one key misspelled, of those that are long enough to be recognized. */
const misspelled = fc
  .tuple(fc.constantFrom(...accepted), fc.nat(), fc.constantFrom(...slips), fc.nat())
  .map(([config, which, slip, at]) => {
    const keys = objectsIn(config).flatMap(({ path, value }) =>
      Object.keys(value).flatMap((key) => (key.length > 3 ? [{ path, key }] : [])),
    );
    const { path, key } = keys[which % keys.length] ?? { path: [], key: 'size' };
    const slipped = slip(key, at % (key.length - 1));
    const wrong = withObject(config, path, (entries) =>
      entries.map(([name, value]) => [name === key ? slipped : name, value]),
    );
    return { config: wrong, path: formatPath([...path, slipped]), key, slipped };
  })
  .filter(({ key, slipped }) => key !== slipped);

test('a misspelled key is one problem, which suggests the right one', () => {
  fc.assert(
    fc.property(misspelled, ({ config, path, key }) => {
      const rule = expect.stringMatching(`^unknown key \\(did you mean (\\w+ or )?${key}( or \\w+)?\\?\\)$`);
      expect(problemsOf(config).map((problem) => problem.split(/: .* — /))).toEqual([[path, rule]]);
    }),
    often,
  );
});

test('the key that was written is never the one suggested', () => {
  const words = fc.constantFrom(
    'cpu',
    'gpu',
    'host',
    'kafka',
    'className',
    'port',
    'url',
    'type',
    'secret',
    'external',
  );
  fc.assert(
    fc.property(fc.constantFrom(...accepted), fc.nat(), words, (config, which, word) => {
      const objects = objectsIn(config);
      const { path } = objects[which % objects.length] ?? { path: [] };
      const more = withObject(config, path, (entries) => [[word, 5], ...entries]);
      expect(problemsOf(more).join('\n')).not.toContain(`did you mean ${word}?`);
    }),
    often,
  );
});

describe('the message about an unknown key depends on where the key belongs:', () => {
  const mlflow = (expose: object): object => ({ services: { mlflow: { expose } } });
  test.each<[string, object, readonly string[]]>([
    [
      'in another type, misspelled',
      mlflow({ type: 'loadBalancer', clasName: 'nginx', withoutLogin: true }),
      ['services.mlflow.expose.clasName: "nginx" — unknown key (did you mean className? It belongs to type "ingress")'],
    ],
    [
      'in a type that is itself misspelled',
      mlflow({ type: 'ingres', host: 'a.org', clasName: 'nginx' }),
      [
        'services.mlflow.expose.type: "ingres" — must be "cluster", "nodePort", "loadBalancer" or "ingress" (did you mean ingress?)',
        'services.mlflow.expose.clasName: "nginx" — unknown key (did you mean className?)',
      ],
    ],
    [
      'in an object beside it',
      { services: { kafka: { bootstrapServers: ['kafka.example.org:9092'] } } },
      [
        'services.kafka.bootstrapServers: ["kafka.example.org:9092"] — unknown key (did you mean external.bootstrapServers?)',
      ],
    ],
    [
      'in one of several objects beside it',
      { models: [{ ...creditcard, traffic: 5 }] },
      ['models[0].traffic: 5 — unknown key (did you mean canary.traffic or shadow.traffic?)'],
    ],
    [
      'nowhere, though it looks like a known one',
      { models: [{ ...creditcard, resources: { gpu: 1 } }] },
      ['models[0].resources.gpu: 1 — unknown key (known: cpu, cpuLimit, memory, memoryLimit)'],
    ],
    [
      'nowhere, where there are no keys',
      { services: { seldon: { a: 1 } } },
      ['services.seldon.a: 1 — unknown key (remove it)'],
    ],
  ])('%s', (_, keys, problems) => {
    expect(problemsWith(keys)).toEqual(problems);
  });

  test('without a type, only a key that no type has is unknown', () => {
    expect(problemsWith(mlflow({ host: 'a.org', x: 1 }))).toEqual([
      'services.mlflow.expose.type: missing — must be "cluster", "nodePort", "loadBalancer" or "ingress"',
      'services.mlflow.expose.x: 1 — unknown key (known: type, port, withoutLogin, host, annotations, className, tlsSecret)',
    ]);
  });
});
