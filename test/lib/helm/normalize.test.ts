import { normalize } from '../../../lib/helm/normalize';

const object = (kind: string, fields: object = {}, apiVersion = 'v1') => ({
  apiVersion,
  kind,
  metadata: { name: 'demo' },
  ...fields,
});

const crd = (kind: string, scope: string) =>
  object(
    'CustomResourceDefinition',
    { spec: { group: 'example.org', scope, names: { kind } } },
    'apiextensions.k8s.io/v1',
  );

const namespacesOf = (documents: object[]): (string | undefined)[] =>
  normalize(documents, 'space').map(({ metadata }) => metadata.namespace);

test('a namespaced object gets the namespace of the release, unless it has its own', () => {
  const metadata = (namespace?: string | null) => ({ metadata: { name: 'demo', namespace } });
  expect(
    namespacesOf([
      object('ConfigMap'),
      object('Role', metadata('kube-system'), 'rbac.authorization.k8s.io/v1'),
      object('Secret', metadata('')),
      object('Secret', metadata(null)),
    ]),
  ).toEqual(['space', 'kube-system', 'space', 'space']);
});

test('a cluster-scoped object loses the namespace that its chart has given it', () => {
  const metadata = { metadata: { name: 'demo', namespace: 'space' } };
  expect(
    namespacesOf([
      object('Namespace', metadata),
      object('ClusterRole', metadata, 'rbac.authorization.k8s.io/v1'),
      object('ValidatingWebhookConfiguration', metadata, 'admissionregistration.k8s.io/v1'),
      { ...crd('Widget', 'Namespaced'), ...metadata },
    ]),
  ).toEqual([undefined, undefined, undefined, undefined]);
});

test('a custom resource is cluster-scoped if a definition of the same release says so', () => {
  const documents = [
    object('Widget', {}, 'example.org/v1'),
    object('Gadget', {}, 'example.org/v1beta1'),
    object('Gadget', {}, 'other.example.org/v1'),
    crd('Widget', 'Namespaced'),
    crd('Gadget', 'Cluster'),
  ];
  expect(namespacesOf(documents).slice(0, 3)).toEqual(['space', undefined, 'space']);
});

test('lists become their items, at any depth; an empty list becomes nothing', () => {
  const list = object('List', { items: [object('Secret'), object('ConfigMapList', { items: [object('ConfigMap')] })] });
  expect(normalize([list], 'space').map(({ kind }) => kind)).toEqual(['Secret', 'ConfigMap']);
  expect(normalize([object('List', { items: [] }), object('RoleList', { items: null })], 'space')).toEqual([]);
});

test('an object may have a field that is called items', () => {
  expect(normalize([object('ConfigMap', { items: ['a'] })], 'space')).toMatchObject([{ items: ['a'] }]);
});

test("helm's own annotations are dropped, all others stay", () => {
  const annotated = (annotations: object) => object('Job', { metadata: { name: 'demo', annotations } }, 'batch/v1');
  const hooks = {
    'helm.sh/hook': 'pre-install',
    'helm.sh/hook-weight': '1',
    'helm.sh/hook-delete-policy': 'before-hook-creation',
    'helm.sh/resource-policy': 'keep',
  };
  const annotations = [hooks, { ...hooks, 'example.org/owner': 'me' }].map(
    (given) => normalize([annotated(given)], 'space')[0]?.metadata,
  );
  expect(annotations).toStrictEqual([
    { name: 'demo', namespace: 'space' },
    { name: 'demo', namespace: 'space', annotations: { 'example.org/owner': 'me' } },
  ]);
});

test('definitions lose their descriptions, but not the properties of that name, and other objects lose none', () => {
  const fields = (texts: object) => ({
    spec: {
      ...{ group: 'example.org', scope: 'Cluster', names: { kind: 'Demo' } },
      versions: [
        {
          name: 'v1',
          schema: {
            ...texts,
            required: ['description'],
            properties: {
              description: { type: 'string', ...texts },
              items: { items: { properties: { description: { ...texts, type: 'object' } } } },
            },
          },
        },
      ],
    },
  });
  const definition = (texts: object) => object('CustomResourceDefinition', fields(texts), 'apiextensions.k8s.io/v1');
  const [definitionWithout, other] = normalize(
    [definition({ description: 'long' }), object('Rule', fields({ description: 'x' }))],
    'space',
  );
  expect(definitionWithout).toEqual(definition({}));
  expect(other?.spec).toEqual(fields({ description: 'x' }).spec);
});

test('null fields are dropped at every depth, null items and other empty values stay', () => {
  const spec = { a: null, b: { c: null }, d: [{ e: null, f: 0 }, null], g: '', h: false, i: {}, j: [] };
  expect(normalize([object('Widget', { spec, status: null }, 'example.org/v1')], 'space')).toStrictEqual([
    {
      apiVersion: 'example.org/v1',
      kind: 'Widget',
      metadata: { name: 'demo', namespace: 'space' },
      spec: { b: {}, d: [{ f: 0 }, null], g: '', h: false, i: {}, j: [] },
    },
  ]);
});

test.each([
  ['a text', 'hello', 'not a Kubernetes object: "hello"'],
  ['an object without kind', { apiVersion: 'v1' }, 'not a Kubernetes object: {"apiVersion":"v1"}'],
  ['an object without name', object('Secret', { metadata: null }), 'Secret without metadata.name'],
  ['a rubbish item of a list', object('List', { items: [1] }), 'not a Kubernetes object: 1'],
])('%s is refused', (_, document, message) => {
  expect(() => normalize([document], 'space')).toThrow(message);
});
