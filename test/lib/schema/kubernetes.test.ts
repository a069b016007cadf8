import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { builtInSchema, isNamespaced, type KubernetesTypes } from '../../../lib/schema/kubernetes';
import { validate } from '../../../lib/schema/validate';

type Fields = Record<string, unknown>;

const types = JSON.parse(readFileSync(join(__dirname, '../../../imports/kubernetes.json'), 'utf8')) as KubernetesTypes;
const kinds = [types.namespaced, types.clusterScoped].flatMap((scope) =>
  Object.entries(scope).flatMap(([apiVersion, names]) => Object.keys(names).map((kind) => ({ apiVersion, kind }))),
);

/** A workload that uses every sort of field: lists, maps, quantities, ports by name and by number, enums, times. */
function deployment() {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/name': 'web' },
      annotations: { note: 'yes' },
      creationTimestamp: null,
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'web' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web:1',
              imagePullPolicy: 'IfNotPresent',
              env: [{ name: 'PORT', value: '8080' }],
              ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
              resources: { requests: { cpu: 0.5, memory: '1.5Gi' }, limits: { cpu: '500m', memory: '1e9' } },
              readinessProbe: { httpGet: { path: '/', port: 'http' } },
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }],
        },
      },
    },
  };
}

/** Validates the workload after one change at a path such as `spec.template.spec.containers.0.env`. */
function validateWith(path: string, value: unknown): string[] {
  const object = deployment();
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let target = object as Fields;
  for (const key of keys) target = target[key] as Fields;
  target[last] = value;
  return validateObject(object);
}

function validateObject(object: { readonly apiVersion: string; readonly kind: string }): string[] {
  const schema = builtInSchema(object.apiVersion, object.kind);
  if (schema === undefined) throw new Error(`no schema for ${object.apiVersion} ${object.kind}`);
  return validate(object, schema);
}

test('a correct workload has no problem', () => {
  expect(validateObject(deployment())).toEqual([]);
});

test.each([
  ['spec.replica', 3, ['spec.replica: unknown field (did you mean replicas?)']],
  [
    'spec.template.spec.containers.0.imagePullPolcy',
    'Always',
    ['spec.template.spec.containers[0].imagePullPolcy: unknown field (did you mean imagePullPolicy?)'],
  ],
  ['spec.somethingElse', 1, ['spec.somethingElse: unknown field']],
  ['spec.replicas', '3', ['spec.replicas: "3" is a string, must be an integer (write 3)']],
  ['spec.replicas', 1.5, ['spec.replicas: 1.5 is a number, must be an integer']],
  ['spec.replicas', 2 ** 31, ['spec.replicas: 2147483648 is not a 32-bit integer']],
  ['spec.paused', 'true', ['spec.paused: "true" is a string, must be a boolean (write true)']],
  ['spec.selector', undefined, ['spec.selector: missing']],
  ['spec.template.spec.containers.0.name', undefined, ['spec.template.spec.containers[0].name: missing']],
  ['spec.template.spec.containers.0.name', null, ['spec.template.spec.containers[0].name: missing']],
  ['spec.template.spec.containers', {}, ['spec.template.spec.containers: is an object, must be an array']],
  [
    'spec.template.spec.containers.0.imagePullPolicy',
    'always',
    [
      'spec.template.spec.containers[0].imagePullPolicy: ' +
        '"always" is not one of Always, IfNotPresent, Never (did you mean Always?)',
    ],
  ],
  [
    'spec.template.spec.containers.0.env.0.value',
    8080,
    ['spec.template.spec.containers[0].env[0].value: 8080 is a number, must be a string (write "8080")'],
  ],
  [
    'spec.template.spec.containers.0.args',
    ['--workers', 4],
    ['spec.template.spec.containers[0].args[1]: 4 is a number, must be a string (write "4")'],
  ],
  [
    'spec.template.spec.containers.0.resources.limits.memory',
    '1 GB',
    ['spec.template.spec.containers[0].resources.limits.memory: ' + '"1 GB" is not a quantity such as 500m, 2 or 1Gi'],
  ],
  [
    'spec.template.spec.containers.0.readinessProbe.httpGet.port',
    80.5,
    ['spec.template.spec.containers[0].readinessProbe.httpGet.port: 80.5 is a number, must be an integer or a string'],
  ],
  ['metadata.labels', { version: 1.2 }, ['metadata.labels.version: 1.2 is a number, must be a string (write "1.2")']],
  [
    'metadata.annotations',
    { 'prometheus.io/scrape': true },
    ['metadata.annotations["prometheus.io/scrape"]: true is a boolean, must be a string (write "true")'],
  ],
  ['metadata.annotations', { note: null }, ['metadata.annotations.note: is null, must be a string']],
  ['metadata.name', undefined, ['metadata.name: missing']],
  ['metadata', undefined, ['metadata: missing']],
  ['metadata.creationTimestamp', 'today', [expect.stringContaining('is not an RFC 3339 time')]],
])('%s: %j is reported at its place', (path, value, problems) => {
  expect(validateWith(path, value)).toEqual(problems);
});

test('null where a field may be left out counts as left out, as for the API server', () => {
  expect(validateWith('spec.replicas', null)).toEqual([]);
  expect(validateWith('metadata.labels', null)).toEqual([]);
});

test('every problem of an object is reported at once', () => {
  const object = deployment();
  Object.assign(object.spec, { replicas: '3', replica: 3 });
  Object.assign(object.metadata, { lables: {} });
  expect(validateObject(object)).toHaveLength(3);
});

test('a ConfigMap holds strings only', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { port: 8080, on: true } };
  expect(validateObject(object)).toEqual([
    'data.port: 8080 is a number, must be a string (write "8080")',
    'data.on: true is a boolean, must be a string (write "true")',
  ]);
});

test('what is wrong with a Secret is reported without its value', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { good: 'aHVudGVyMg==', bad: 'hunter2' },
    stringData: { pin: 123456 },
  };
  expect(validateObject(object)).toEqual([
    'data.bad: the value is not base64',
    'stringData.pin: the value is a number, must be a string',
  ]);
});

test.each([
  ['batch/v1', 'CronJob', 'spec.jobTemplate.spec.template.spec'],
  ['batch/v1', 'Job', 'spec.template.spec'],
  ['apps/v1', 'StatefulSet', 'spec.template.spec'],
  ['apps/v1', 'DaemonSet', 'spec.template.spec'],
  ['v1', 'Pod', 'spec'],
])('the pod of a %s %s is checked', (apiVersion, kind, path) => {
  const object: Fields = {};
  let target = object;
  for (const key of path.split('.')) target = target[key] = {} as Fields;
  target.containers = [{ name: 'c', image: 'i', volumMounts: [] }];
  expect(validateObject({ apiVersion, kind, ...object })).toContain(
    `${path}.containers[0].volumMounts: unknown field (did you mean volumeMounts?)`,
  );
});

test('a volume claim template in a StatefulSet needs no kind of its own', () => {
  const claim = { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '8Gi' } } } };
  const object = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' }, spec: {} };
  const problems = validateObject({ ...object, spec: { volumeClaimTemplates: [claim] } } as typeof object);
  expect(problems).toEqual(['spec.selector: missing', 'spec.template: missing']);
});

test('the scope of a built-in kind is known, that of another is not', () => {
  expect(isNamespaced('apps/v1', 'Deployment')).toBe(true);
  expect(isNamespaced('rbac.authorization.k8s.io/v1', 'RoleBinding')).toBe(true);
  expect(isNamespaced('rbac.authorization.k8s.io/v1', 'ClusterRole')).toBe(false);
  expect(isNamespaced('v1', 'Namespace')).toBe(false);
  expect(isNamespaced('v1', 'PersistentVolume')).toBe(false);
  expect(isNamespaced('example.com/v1', 'Widget')).toBeUndefined();
});

test.each([
  ['example.com/v1', 'Widget'],
  ['extensions/v1beta1', 'Ingress'],
  ['v1', 'constructor'],
  ['__proto__', 'toString'],
])('%s %s is no built-in kind', (apiVersion, kind) => {
  expect(builtInSchema(apiVersion, kind)).toBeUndefined();
});

test('an unknown field is found wherever an object with named fields is', () => {
  const places = placesOf(deployment(), []).filter(
    (keys) => !/labels|annotations|matchLabels|requests|limits/.test(keys.at(-1) ?? ''),
  );
  expect(places.length).toBeGreaterThan(15);
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.stringMatching(/^zz[jqx]{6,12}$/), (keys, name) => {
      const [problem, ...others] = validateWith([...keys, name].join('.'), 'x');
      expect(problem).toBe(`${[...keys, name].join('.').replace(/\.(\d+)/g, '[$1]')}: unknown field`);
      expect(others).toEqual([]);
    }),
  );
});

function placesOf(value: unknown, keys: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => placesOf(item, [...keys, key]));
  return Array.isArray(value) ? inner : [keys, ...inner];
}

test('validation of anything at all as any kind ends in messages, not in an exception', () => {
  const names = fc.constantFrom('spec', 'metadata', 'template', 'containers', 'rules', 'data', '__proto__', 'toString');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.jsonValue(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(names, fc.string()), tie('tree'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...kinds), tree, ({ apiVersion, kind }, value) => {
      const problems = validate(value, builtInSchema(apiVersion, kind) ?? {});
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.filter((problem) => !/^\S.*: \S/s.test(problem))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a workload with anything put anywhere ends in messages, not in an exception', () => {
  const places = placesOf(deployment(), []).filter((keys) => keys.length > 0);
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (keys, value) => {
      const path = keys.join('.');
      const elsewhere = validateWith(path, value).filter(
        (problem) => !problem.replace(/\[(\d+)\]/g, '.$1').startsWith(path),
      );
      expect(elsewhere).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('every kind can be expanded, and every type that a field names exists', () => {
  const scalar =
    /^(any|boolean|byte|date-time|date-time-micro|double|int32|int64|int-or-string|password|quantity|string|=.*)$/;
  const named = Object.values(types.types)
    .flatMap((fields) => Object.values(fields))
    .map((expression) => expression.replace(/[[\]{}]/g, ''))
    .filter((expression) => !scalar.test(expression));
  expect(named.filter((name) => !Object.hasOwn(types.types, name))).toEqual([]);
  for (const { apiVersion, kind } of kinds) expect(builtInSchema(apiVersion, kind)).toBeDefined();
});
