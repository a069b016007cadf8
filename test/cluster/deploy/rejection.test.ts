import { ApiError, type Status } from '../../../cluster/api/api-error';
import { withoutFilledIn } from '../../../cluster/deploy/apply';
import { conflictsOf, explainRejection } from '../../../cluster/deploy/rejection';
import { object } from '../../support/live-object';

const refused = (code: number, message: string, rest: Partial<Status> = {}): ApiError =>
  new ApiError(code, message, { kind: 'Status', code, message, ...rest });
const invalid = (field: string, message: string): ApiError =>
  refused(422, 'invalid', { details: { causes: [{ field, message }] } });
const thing = object('v1', 'ConfigMap', 'thing');

test.each([
  ['nobody answers', new ApiError(0, 'connection refused')],
  ['kubectl does not get through', new ApiError(500, 'dial tcp: connection refused')],
  ['etcd is slow', refused(500, 'etcdserver: request timed out')],
  ['the server is too busy', refused(429, 'too many requests')],
  ['the server is starting', refused(503, 'apiserver not ready')],
  [
    'a webhook does not answer',
    refused(500, 'Internal error occurred: failed calling webhook "x.example.org": failed to call webhook: EOF'),
  ],
  ['somebody else was faster', refused(409, 'the object has been modified')],
  ['a definition is new', refused(404, 'the server could not find the requested resource')],
  [
    'the namespace is being deleted',
    refused(403, 'forbidden', { details: { causes: [{ reason: 'NamespaceTerminating' }] } }),
  ],
])('%s: a deploy tries again', (_, error) => {
  expect(explainRejection(error, thing).transient).toBe(true);
});

test('a webhook that does not answer is named with the cause', () => {
  const message =
    'Internal error occurred: failed calling webhook "x.example.org": failed to call webhook: Post "https://x/": EOF';
  expect(explainRejection(refused(500, message), thing).text).toContain(
    'the webhook x.example.org must agree, but cannot be asked: failed to call webhook: Post "https://x/": EOF',
  );
});

test.each([
  ['the login has expired', refused(401, 'Unauthorized'), 'log in again'],
  [
    'a quota is full',
    refused(403, 'configmaps "x" is forbidden: exceeded quota: tight, requested: 1'),
    'exceeded quota: tight, requested: 1 (raise the ResourceQuota of here',
  ],
  [
    'a role would grant more than the user has',
    refused(403, 'user "bob" is attempting to grant RBAC permissions not currently held'),
    'let an administrator of the cluster deploy',
  ],
  ['a webhook says no', refused(400, 'admission webhook "x" denied the request: no'), 'denied the request: no'],
  ['a field is unknown', refused(400, 'strict decoding error: unknown field "spec.x"'), 'unknown field "spec.x"'],
])('%s: somebody must act', (_, error, text) => {
  expect(explainRejection(error, thing)).toEqual({ transient: false, text: expect.stringContaining(text) });
});

// Messages of kube-apiserver 1.36.
test.each([
  [
    'StatefulSet',
    'spec',
    "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
    'delete statefulset x --cascade=orphan',
  ],
  ['Job', 'spec.template', 'Invalid value: {}: field is immutable', 'kubectl -n here delete job x'],
  ['Deployment', 'spec.selector', 'Invalid value: {}: field is immutable', 'kubectl -n here delete deployment x'],
  [
    'Service',
    'spec.clusterIPs[0]',
    'Invalid value: ["10.0.0.1"]: may not change once set',
    'kubectl -n here delete service x',
  ],
  [
    'PersistentVolumeClaim',
    'spec.resources.requests.storage',
    'Forbidden: field can not be less than previous value',
    'can grow but not shrink',
  ],
  ['RoleBinding', 'roleRef', 'Invalid value: {}: cannot change roleRef', 'kubectl -n here delete rolebinding x'],
])('a fixed field of a %s comes with what to do', (kind, field, message, remedy) => {
  const { transient, text } = explainRejection(invalid(field, message), object('v1', kind, 'x'));
  expect(transient).toBe(false);
  expect(text).toContain(`${field}: cannot be changed`);
  expect(text).toContain(remedy);
});

test('a StatefulSet whose disks have grown comes with a command for each of its volumes', () => {
  const storage = { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '20Gi' } } } };
  const grown = { ...object('apps/v1', 'StatefulSet', 'x'), spec: { replicas: 2, volumeClaimTemplates: [storage] } };
  const { text } = explainRejection(invalid('spec', 'Forbidden: updates to statefulset spec are forbidden'), grown);
  for (const claim of ['data-x-0', 'data-x-1'])
    expect(text).toContain(
      `kubectl -n here patch pvc ${claim} --patch '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}'`,
    );
});

test('every other wrong field is reported in the words of the server', () => {
  expect(explainRejection(invalid('spec.replicas', 'must be positive'), thing).text).toBe(
    'spec.replicas: must be positive',
  );
});

const conflict = (field: string, manager: string): ApiError =>
  refused(409, 'Apply failed', {
    details: { causes: [{ reason: 'FieldManagerConflict', field, message: `conflict with "${manager}" using v1` }] },
  });

test('a conflict names field and manager, and how to take the field back', () => {
  const { transient, text } = explainRejection(conflict('.data.a', 'bob'), thing);
  expect(transient).toBe(false);
  expect(text).toContain('.data.a (by bob)');
  expect(text).toContain('--force-conflicts --field-manager=mlops-infra');
});

describe('what a webhook’s own program has filled in', () => {
  const webhooks = object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'x', {
    webhooks: [{ name: 'a', failurePolicy: 'Ignore', clientConfig: { caBundle: 'x' }, rules: [] }],
  });
  const yielded = (field: string, from = webhooks) => withoutFilledIn(from, conflictsOf(conflict(field, 'istiod')));

  test('is left to it', () => {
    expect(yielded('.webhooks[name="a"].failurePolicy')?.webhooks).toEqual([
      { name: 'a', clientConfig: { caBundle: 'x' }, rules: [] },
    ]);
    expect(yielded('.webhooks[name="a"].clientConfig.caBundle')?.webhooks).toEqual([
      { name: 'a', failurePolicy: 'Ignore', clientConfig: {}, rules: [] },
    ]);
  });

  test('any other field stays a conflict, and so does any other kind', () => {
    expect(yielded('.webhooks[name="a"].rules')).toBeUndefined();
    expect(yielded('.webhooks[name="a"].failurePolicy', thing)).toBeUndefined();
  });
});
