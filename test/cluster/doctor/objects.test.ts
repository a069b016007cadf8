import { platformFacts } from '../../../charts/catalog';
import { formatDiagnosis } from '../../../cli/doctor-report';
import { examineDefinitions } from '../../../cluster/doctor/definitions';
import { examine } from '../../../cluster/doctor/examine';
import { examineExisting } from '../../../cluster/doctor/existing';
import { grantedRights } from '../../../cluster/doctor/grants';
import { platformOf } from '../../../cluster/doctor/platform';
import { examineRights } from '../../../cluster/doctor/missing-rights';
import { examineSecrets } from '../../../cluster/doctor/secrets';
import { examineWebhooks } from '../../../cluster/doctor/webhooks';
import { crd, type Loose } from '../../lib/checks/small-output';
import { parse } from '../../support/config';
import { facts, lines, live, ours, platform } from './fixtures';

/** The cluster has an object of the platform, changed like this. */
const having = (of: ReturnType<typeof platform>, kind: string, change: (copy: Loose) => void) => {
  const object = of.objects.find((candidate) => candidate.kind === kind);
  if (object === undefined) throw new Error(`the platform has no ${kind}`);
  const copy: Loose = structuredClone(object);
  copy.metadata.labels = {};
  change(copy);
  return facts({ existing: new Map([[object, copy]]) });
};

describe('an object under one of our names', () => {
  test.each([
    ['of an unknown owner', {}, /^problem: ConfigMap\/mlops-web\/settings exists already, made by somebody else/],
    [
      'of a Helm release',
      { annotations: { 'meta.helm.sh/release-name': 'a', 'meta.helm.sh/release-namespace': 'b' } },
      /made by Helm release b\/a/,
    ],
    ['of another platform', { labels: { 'mlops-infra/platform': 'other' } }, /made by the platform other/],
    [
      'of a field manager',
      { managedFields: [{ manager: 'argocd' }, { manager: 'x', subresource: 'status' }] },
      /made by argocd →/,
    ],
    ['of ours', ours, /^ok: 1 are there, all of this platform/],
    ['of ours that is going', { ...ours, deletionTimestamp: 'now' }, /^warning: .* is being deleted/],
  ])('%s', (_, metadata, expected) => {
    const seen = having(platform(), 'ConfigMap', (copy) => Object.assign(copy.metadata, metadata));
    expect(lines(examineExisting(platform(), facts()))).toEqual(['ok: none of the names is taken']);
    expect(lines(examineExisting(platform(), { ...seen }))).toEqual([expect.stringMatching(expected)]);
  });
});

describe('an object without our label that another one owns', () => {
  const of = platform((draft) => crd(draft, 'example.org', 'Gateway'));
  const seenOwnedBy = (owner: string, definition: Loose) => {
    const seen = having(of, 'ConfigMap', ({ metadata }) => (metadata.ownerReferences = [{ uid: owner }]));
    const [crdOf] = of.objects.filter(({ kind }) => kind === 'CustomResourceDefinition') as Loose[];
    const live = { ...crdOf, metadata: { ...crdOf.metadata, ...definition } };
    return lines(examineExisting(of, { ...seen, existing: new Map([...seen.existing, [crdOf, live]]) }));
  };

  test('is ours if its owner is', () => {
    expect(seenOwnedBy('17', { uid: '17', ...ours })).toEqual(['ok: 1 are there, all of this platform']);
  });

  test('is of others if its owner is, or is not known', () => {
    const taken = [expect.stringMatching(/^problem: ConfigMap\/mlops-web\/settings exists already/)];
    expect(seenOwnedBy('17', { uid: '17', labels: {} })).toEqual(taken);
    expect(seenOwnedBy('18', { uid: '17', ...ours })).toEqual(taken);
  });
});

test('a database of ours that the chart of another source has installed is a problem', () => {
  const there = (labels: Loose) => {
    const seen = having(platform(), 'StatefulSet', (copy) => Object.assign(copy.metadata, { labels }));
    return lines(examine(platform(), seen).filter(({ subject }) => subject === 'data'));
  };
  const theirs = { 'mlops-infra/chart': 'postgresql-12.5.6' };
  expect(there({ ...ours.labels, ...theirs })).toEqual([
    expect.stringMatching(
      /^problem: postgresql: StatefulSet\/mlops-web\/db keeps its data as the upstream chart postgresql-12\.5\.6 has it, .* → write charts: \{ postgresql: 'upstream' \}/,
    ),
  ]);
  expect(there(ours.labels)).toEqual([]);
  expect(there({ 'mlops-infra/platform': 'other', ...theirs })).toEqual([]);
});

describe('a definition that is there', () => {
  const of = platform((draft) => {
    const definition = crd(draft, 'example.org', 'Gateway');
    definition.spec.versions[0].schema.openAPIV3Schema = {
      type: 'object',
      properties: { spec: { properties: { hosts: { items: { properties: { name: {} } } } } } },
    };
  });

  test.each([
    [
      'like ours, of others',
      () => undefined,
      /^warning: gateways\.example\.org \(made by somebody else\): is like ours/,
    ],
    ['like ours, and ours', (copy: Loose) => (copy.metadata = { ...copy.metadata, ...ours }), /^ok: 1 are there/],
    [
      'with objects in a version that ours lacks',
      (copy: Loose) => (copy.status = { storedVersions: ['v1', 'v1beta1'] }),
      /^problem: .* stored in v1beta1/,
    ],
    [
      'of ours, with objects in a version that ours now lacks',
      (copy: Loose) =>
        Object.assign(copy, { metadata: { ...copy.metadata, ...ours }, status: { storedVersions: ['v0'] } }),
      /^problem: .* stored in v0/,
    ],
    [
      'that serves a version more',
      (copy: Loose) => copy.spec.versions.push({ name: 'v2', served: true }),
      /^problem: .* serves v2, which ours does not/,
    ],
    [
      'that knows a version that it does not serve',
      (copy: Loose) => copy.spec.versions.push({ name: 'v2', served: false }),
      /^warning: .* is like ours/,
    ],
    [
      'that serves a version less',
      (copy: Loose) => (copy.spec.versions[0].served = false),
      /^warning: .* is older than ours, which adds v1/,
    ],
    [
      'with a field more',
      (copy: Loose) =>
        (copy.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.hosts.items.properties.port = {}),
      /^problem: .* would lose: spec\.hosts\[\]\.port of v1/,
    ],
    [
      'with a field less',
      (copy: Loose) => delete copy.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.hosts,
      /^warning: .* adds spec\.hosts of v1/,
    ],
    [
      'that takes any field',
      (copy: Loose) =>
        (copy.spec.versions[0].schema.openAPIV3Schema = { 'x-kubernetes-preserve-unknown-fields': true }),
      /^warning: .* is like ours/,
    ],
    [
      'that converts by a webhook',
      (copy: Loose) => (copy.spec.conversion = { strategy: 'Webhook' }),
      /^problem: .* converts its versions/,
    ],
    [
      'that is being deleted',
      (copy: Loose) => (copy.metadata.deletionTimestamp = 'now'),
      /^problem: .* is being deleted/,
    ],
  ])('%s', (_, change, expected) => {
    expect(lines(examineDefinitions(of, having(of, 'CustomResourceDefinition', change)))).toEqual([
      expect.stringMatching(expected),
    ]);
  });
});

describe('webhooks of others', () => {
  const configuration = (webhook: Loose = {}) =>
    live('admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration policy', {
      webhooks: [
        {
          name: 'policy.example.org',
          clientConfig: { service: { name: 'policy', namespace: 'policies' } },
          rules: [{ apiGroups: ['*'], resources: ['*'] }],
          ...webhook,
        },
      ],
    });
  const service = live('v1 Service policies/policy');

  test.each([
    [
      'without a server',
      {},
      [],
      [/^problem: ValidatingWebhookConfiguration\/policy .* kubectl delete validatingwebhookconfiguration policy/],
    ],
    ['that may spare our namespaces', { namespaceSelector: { matchLabels: { a: 'b' } } }, [], [/^warning/]],
    ['with a Service', {}, [service], []],
    ['that need not agree', { failurePolicy: 'Ignore' }, [], []],
    ['for other kinds', { rules: [{ apiGroups: ['apps'], resources: ['*'] }] }, [], []],
    ['outside the cluster', { clientConfig: {} }, [], []],
  ])('%s', (_, webhook, services, expected) => {
    const seen = facts({ webhooks: [configuration(webhook)], services });
    expect(lines(examineWebhooks(platform(), seen))).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});

test('Secrets must be there with their keys, as far as they may be read', () => {
  const names = ['there', 'poor', 'gone', 'hidden'];
  const secrets = names.map((name) => ({ namespace: 'mlops-web', name, keys: ['user', 'password'], as: 'the config' }));
  const secretKeys = new Map([
    ['mlops-web/there', ['password', 'user', 'more']],
    ['mlops-web/poor', ['user']],
    ['mlops-web/gone', undefined],
  ]);
  expect(lines(examineSecrets({ ...platform(), secrets }, facts({ secretKeys })))).toEqual([
    'problem: mlops-web/poor, which the config asks for, lacks password → add the missing keys to it',
    expect.stringMatching(
      /^problem: mlops-web\/gone, which the config asks for, is not there → make it, with user, password/,
    ),
  ]);
});

test('values that no URL, header or variable can hold are named by Secret and key; certificates may have several lines', () => {
  const secrets = [
    { namespace: 'mlops-web', name: 'login', keys: ['user', 'password'], as: 'the config' },
    { namespace: 'mlops-web', name: 'tls', keys: ['tls.crt'], as: 'the config' },
  ];
  const secretKeys = new Map(secrets.map(({ name, keys }) => [`mlops-web/${name}`, keys]));
  const secretFlaws = new Map<string, Record<string, string>>([
    ['mlops-web/login', { password: 'ends with a line break', unused: 'ends with a line break' }],
    ['mlops-web/tls', { 'tls.crt': 'ends with a line break' }],
  ]);
  expect(lines(examineSecrets({ ...platform(), secrets }, facts({ secretKeys, secretFlaws })))).toEqual([
    expect.stringMatching(
      /^problem: key password of mlops-web\/login, which the config asks for, ends with a line break → write the value again/,
    ),
  ]);
});

test('Secrets are expected where the config says that they exist, and for what shows certificates that nobody makes', () => {
  const ingress = (name: string, annotations: object) =>
    live(`networking.k8s.io/v1 Ingress mlops-web/${name}`, {
      ...{ metadata: { annotations }, spec: { tls: [{ secretName: `${name}-tls` }] } },
    });
  const servers = [{ tls: { credentialName: 'models-tls' } }, { tls: { httpsRedirect: true } }];
  const gateway = live('networking.istio.io/v1 Gateway mlops-web/models', { spec: { servers } });
  const made = ingress('made', { 'cert-manager.io/cluster-issuer': 'letsencrypt' });
  const objects = [ingress('own', {}), made, gateway];
  const files = [{ name: '50-web.yaml', wave: 50, objects: [...platform().objects, ...objects] }];
  const secrets = [{ namespace: 'mlops-web', name: 'login', keys: { password: { random: 32 } } }];
  const images = { chosen: [], built: [], isLocked: false };
  const expected = (keys: object) =>
    platformOf(parse(keys), { files, images, secrets }, platformFacts).secrets.map(
      ({ namespace, name }) => `${namespace}/${name}`,
    );
  expect(expected({})).toEqual(['mlops-web/own-tls', 'mlops-web/models-tls']);
  expect(expected({ secrets: { mode: 'existing' }, images: { pullSecrets: ['registry'] } })).toEqual([
    ...['mlops-web/login', 'mlops-web/registry', 'mlops-web/own-tls', 'mlops-web/models-tls'],
  ]);
});

test('rights that are missing, and rights that cannot be granted, are listed', () => {
  const right = { verb: 'create', group: 'apps', resource: 'deployments', namespace: 'mlops-web' };
  const seen = facts({ missingRights: [right], ungrantableRights: [{ ...right, verb: 'list' }] });
  expect(lines(examineRights(platform(), seen))).toEqual([
    expect.stringContaining('you may not:\ncreate deployments.apps in mlops-web → ask an administrator'),
    expect.stringContaining(
      'only their holders may grant them:\nlist deployments.apps in mlops-web → let an administrator',
    ),
  ]);
  expect(lines(examineRights(platform(), facts()))).toEqual([
    expect.stringMatching(/^ok: you may apply all \d+ objects/),
  ]);
});

test('what roles grant is what their maker must hold, or may escalate and bind', () => {
  const role = live('rbac.authorization.k8s.io/v1 Role mlops-web/web', {
    rules: [
      { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ],
  });
  const group = 'rbac.authorization.k8s.io';
  expect(grantedRights([role, live('v1 Service mlops-web/web')])).toEqual({
    rights: ['pods', 'pods/log'].map((resource) => ({ verb: 'get', group: '', resource, namespace: 'mlops-web' })),
    instead: ['escalate', 'bind'].map((verb) => ({ verb, group, resource: 'roles', namespace: 'mlops-web' })),
  });
});

test('a report lists the worst findings first, each with its remedy, and counts them', () => {
  const text = formatDiagnosis({
    cluster: 'context test',
    findings: [
      { severity: 'ok', subject: 'storage', text: 'fine' },
      { severity: 'unseen', subject: 'nodes', text: 'forbidden' },
      {
        severity: 'problem',
        subject: 'rights',
        text: ['you may not:', ...Array.from({ length: 32 }, (_, i) => `a${i}`)].join('\n'),
        remedy: 'ask',
      },
    ],
  });
  expect(text.split('\n').filter((line) => /^\S|[✗?✓→]|--json/.test(line))).toEqual([
    'context test',
    'Would stop the platform:',
    '  ✗ rights: you may not:',
    '      and 2 more, which --json has',
    '    → ask',
    'Could not be looked at:',
    '  ? nodes: forbidden',
    'As it should be:',
    '  ✓ storage: fine',
    '1 problem, 0 warnings.',
  ]);
  expect(formatDiagnosis({ findings: [] })).toBe('Nothing would stop the platform.');
});
