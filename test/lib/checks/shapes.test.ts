import { violations as check } from '../../../lib/checks';
import { accepts, finds } from './faults';
import { crd, smallOutput } from './small-output';

const web = 'Deployment/mlops-web/web';

const settings = 'ConfigMap/mlops-web/settings';

test('a small output that keeps every rule has no violations', () => {
  expect(check(smallOutput().output)).toEqual([]);
});

test('a wrong shape is reported alone, because the other rules rely on it', () => {
  const draft = smallOutput();
  draft.find('Service', 'web').spec = 'none';
  draft.find('ConfigMap', 'settings').data.DB_PASSWORD = 'hunter2';
  expect(check(draft.output)).toEqual(['Service/mlops-web/web: spec: "none" is a string, must be an object']);
});

finds('identities', [
  [
    'an object that is there twice',
    (draft) => draft.add(40, 'v1 ServiceAccount mlops-web/web', { automountServiceAccountToken: false }),
    'ServiceAccount/mlops-web/web: is there twice (the later one would replace the earlier one)',
  ],
  [
    'two credentials of one name',
    (draft) => draft.secrets.push({ namespace: 'mlops-web', name: 'login', keys: { password: { random: 20 } } }),
    'Secret/mlops-web/login: two credentials make it (rename one of them)',
  ],
]);

finds('schemas', [
  [
    'a field that the kind does not have',
    (draft) => (draft.container.imagePolicy = 'Always'),
    `${web}: spec.template.spec.containers[0].imagePolicy: unknown field`,
  ],
  [
    'a kind that nothing defines',
    (draft) => draft.add(60, 'example.org/v1 Thing mlops-web/one'),
    'Thing/mlops-web/one: nothing defines example.org/v1 Thing (add its CustomResourceDefinition)',
  ],
]);

accepts('schemas', [
  [
    'a kind of an API group that somebody else has installed',
    (draft) => {
      draft.external.apiGroups.add('example.org');
      draft.add(60, 'example.org/v1 Thing mlops-web/one');
    },
  ],
]);

finds('names', [
  [
    'capital letters in a name',
    (draft) => draft.add(40, 'v1 ConfigMap mlops-web/Settings'),
    'ConfigMap/mlops-web/Settings: metadata.name "Settings" is not valid (use at most 253 lower-case letters, digits, hyphens and dots)',
  ],
  [
    'a Service whose name begins with a digit',
    (draft) => draft.add(40, 'v1 Service mlops-web/1st', { spec: { ports: [{ port: 80 }] } }),
    'Service/mlops-web/1st: metadata.name "1st" is not valid (use at most 63 lower-case letters, digits and hyphens, with a letter first)',
  ],
  [
    'a role whose name is a path',
    (draft) => (draft.add(40, 'rbac.authorization.k8s.io/v1 Role mlops-web/x').metadata.name = 'a/b'),
    'Role/mlops-web/a/b: metadata.name "a/b" is not valid (use a path segment without "/" and "%")',
  ],
  [
    'a StatefulSet whose pods could not be labelled',
    (draft) => {
      const name = 'd'.repeat(53);
      draft.find('StatefulSet', 'db').metadata.name = name;
      draft.find('StatefulSet', name).spec.template.spec.containers[0].env.pop();
      draft.container.env.pop();
    },
    `StatefulSet/mlops-web/${'d'.repeat(53)}: metadata.name "${'d'.repeat(53)}" is not valid (use at most 52 lower-case letters, digits and hyphens)`,
  ],
  [
    'a label value of more than 63 characters',
    (draft) => (draft.find('ConfigMap', 'settings').metadata.labels.team = 'x'.repeat(64)),
    `ConfigMap/mlops-web/settings: value of label team "${'x'.repeat(64)}" is not valid (use at most 63 letters, digits, ".", "-" and "_", with a letter or digit at both ends)`,
  ],
  [
    'an annotation key that ends in a hyphen',
    (draft) => (draft.find('ConfigMap', 'settings').metadata.annotations = { 'example.org/a-': '' }),
    'ConfigMap/mlops-web/settings: annotation "a-" is not valid (use at most 63 letters, digits, ".", "-" and "_", with a letter or digit at both ends)',
  ],
  [
    'a port name of more than 15 characters',
    (draft) => draft.container.ports.push({ name: 'metrics-and-more', containerPort: 9090 }),
    `${web}: port name "metrics-and-more" is not valid (use at most 15 lower-case letters, digits and hyphens)`,
  ],
  [
    'a file name with a slash in a ConfigMap',
    (draft) => (draft.find('ConfigMap', 'settings').data['a/b'] = ''),
    'ConfigMap/mlops-web/settings: data "a/b" is not valid (use letters, digits, ".", "-" and "_")',
  ],
]);

finds('namespaces', [
  [
    'a namespace that nothing makes',
    (draft) => draft.add(40, 'v1 ConfigMap mlops-wep/other'),
    'ConfigMap/mlops-wep/other: namespace mlops-wep is not made (register it with the platform)',
  ],
  [
    'an object that should be in one and is not',
    (draft) => draft.add(40, 'v1 ConfigMap other'),
    'ConfigMap/other: has no namespace (say which)',
  ],
  [
    'a cluster-scoped object in one',
    (draft) => draft.add(40, 'rbac.authorization.k8s.io/v1 ClusterRole mlops-web/reader'),
    'ClusterRole/mlops-web/reader: is cluster-scoped (leave the namespace out)',
  ],
  [
    'a credential in a namespace that nothing makes',
    (draft) => draft.secrets.push({ namespace: 'mlops-wep', name: 'other', keys: {} }),
    'Secret/mlops-wep/other: namespace mlops-wep is not made (register it with the platform)',
  ],
]);

accepts('namespaces', [
  [
    'what the config says is there',
    (draft) => {
      draft.external.namespaces.add('istio');
      draft.add(40, 'v1 ConfigMap istio/other');
    },
  ],
]);

finds('labels', [
  [
    'an object that does not say whose it is',
    (draft) => {
      delete draft.find('ConfigMap', 'settings').metadata.labels['mlops-infra/platform'];
      delete draft.find('ConfigMap', 'settings').metadata.labels['app.kubernetes.io/part-of'];
    },
    `${settings}: has no label app.kubernetes.io/part-of (leave labels to the output, which adds them)`,
    `${settings}: has no label mlops-infra/platform (leave labels to the output, which adds them)`,
  ],
  [
    'pods that do not say what they are',
    (draft) => delete draft.find('Deployment', 'web').spec.template.metadata.labels['app.kubernetes.io/name'],
    `${web}: its pods have no label app.kubernetes.io/name (add it to the template)`,
  ],
]);

finds('sizes', [
  [
    'an object that kubectl apply cannot keep a copy of, counting each <',
    (draft) => (draft.find('ConfigMap', 'settings').data.page = '<'.repeat(50_000)),
    `${settings}: takes 300403 bytes, above the 262144 that kubectl apply can keep (split it or make it smaller)`,
  ],
  [
    'a ConfigMap that the API server would refuse',
    (draft) => (draft.find('ConfigMap', 'settings').data.page = 'x'.repeat(1024 * 1024)),
    `${settings}: takes 1048979 bytes, above the 262144 that kubectl apply can keep (split it or make it smaller)`,
    `${settings}: holds 1048618 bytes, above the limit of 1048576 (split it)`,
  ],
  [
    'a definition with descriptions',
    (draft) => {
      const { schema } = crd(draft, 'example.org', 'Thing').spec.versions[0];
      schema.openAPIV3Schema.properties = { spec: { type: 'string', description: 'What it is.' } };
    },
    'CustomResourceDefinition/things.example.org: has descriptions (drop them: they are most of it)',
  ],
]);

accepts('sizes', [
  [
    'a property whose name is description',
    (draft) => {
      const { schema } = crd(draft, 'example.org', 'Thing').spec.versions[0];
      schema.openAPIV3Schema.properties = { description: { type: 'string' } };
    },
  ],
  ['200,000 bytes of text', (draft) => (draft.find('ConfigMap', 'settings').data.page = 'x'.repeat(200_000))],
]);
