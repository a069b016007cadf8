import fc from 'fast-check';
import { ClusterApi } from '../../cluster/api/api';
import { ApiError, statusIn } from '../../cluster/api/api-error';
import { Kinds } from '../../cluster/api/kinds';
import { TimeLimit } from '../../cluster/api/time-limit';
import { Lock } from '../../cluster/deploy/lock';
import { DeployError, type Progress } from '../../cluster/deploy/progress';
import { Records } from '../../cluster/deploy/records';
import { explainRejection } from '../../cluster/deploy/rejection';
import { Session } from '../../cluster/deploy/session';
import { stateOf } from '../../cluster/deploy/state';
import { readCluster } from '../../cluster/doctor/cluster-reader';
import { examine } from '../../cluster/doctor/examine';
import { declared } from '../../charts/catalog';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import { changed, changes } from '../support/mutated-json';
import type { Loose } from '../lib/checks/small-output';
import { live, node, platform, storageClass } from './doctor/fixtures';

// Between this program and an API server are proxies, and some of them answer themselves. Whatever comes, it is findings,
// or one ApiError that names the request: never a TypeError, which would be printed with its stack trace.

/** What an API server answers, by path. Whatever else is asked for is not there. */
type Answers = Readonly<Record<string, unknown>>;

class Answering extends ClusterApi {
  constructor(private readonly answers: Answers) {
    super('');
  }

  override send(_: string, path: string): Promise<Readonly<Record<string, unknown>>> {
    const answer = this.answers[path];
    // Anything else is refused where it is read from the connection (api/kubectl.test.ts).
    const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
    if (isObject) return Promise.resolve(answer as Readonly<Record<string, unknown>>);
    return Promise.reject(new ApiError(404, 'not found', { kind: 'Status', code: 404 }));
  }
}

const list = (identity: string, ...items: Loose[]): Loose => {
  const [apiVersion = '', kind = ''] = identity.split(' ');
  return { apiVersion, kind: `${kind}List`, metadata: { resourceVersion: '1' }, items };
};

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'a/b:1' }] } };
const conditions = [{ type: 'Available', status: 'False', reason: 'a', message: 'b', lastTransitionTime: 'c' }];
const deployment = live('apps/v1 Deployment mlops-web/web', {
  metadata: { generation: 2, labels, resourceVersion: '3', uid: 'u' },
  spec: { replicas: 2, selector: { matchLabels: labels }, template },
  status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 1, conditions },
});
const statefulSet = live('apps/v1 StatefulSet mlops-web/database', {
  metadata: { generation: 1 },
  spec: { replicas: 1, selector: { matchLabels: labels }, template, serviceName: 'database' },
  status: { observedGeneration: 1, replicas: 1, readyReplicas: 0, currentRevision: 'a', updateRevision: 'b' },
});
const prometheus = live('monitoring.coreos.com/v1 Prometheus mlops-web/main', {
  metadata: { generation: 1 },
  spec: { replicas: 1 },
  status: { conditions: [{ type: 'Available', status: 'True', observedGeneration: 1 }] },
});
const model = live('machinelearning.seldon.io/v1 SeldonDeployment mlops-web/model', {
  spec: { predictors: [{ name: 'default', replicas: 1, annotations: { 'mlops-infra/revision': 'a' } }] },
  status: { state: 'Creating', description: 'x' },
});
const job = live('batch/v1 Job mlops-web/job', { spec: { template }, status: { active: 1, conditions } });
const pod = live('v1 Pod mlops-web/web-1', {
  spec: {
    nodeName: 'a',
    containers: template.spec.containers,
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
  },
  status: {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', message: 'full' }],
    containerStatuses: [
      { name: 'main', restartCount: 2, image: '', imageID: '', ready: false, state: { waiting: { reason: 'a' } } },
    ],
  },
});
const event = live('v1 Event mlops-web/event', {
  type: 'Warning',
  reason: 'Failed',
  message: 'no',
  count: 3,
  lastTimestamp: '2026-01-01T00:00:00Z',
  involvedObject: { kind: 'Pod', name: 'web-1' },
});
const webhook = live('admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration hook', {
  webhooks: [
    {
      name: 'a.example.org',
      clientConfig: { service: { name: 'web', namespace: 'mlops-web' } },
      rules: [{ apiGroups: ['apps'], resources: ['deployments'] }],
      namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
      failurePolicy: 'Fail',
    },
  ],
});
const lease = live('coordination.k8s.io/v1 Lease default/mlops-infra-mlops', {
  spec: { holderIdentity: 'a', leaseDurationSeconds: 20, acquireTime: 'x', renewTime: '2020-01-01T00:00:00.000000Z' },
});
const inventory = live('v1 ConfigMap default/mlops-infra-mlops', {
  data: { objects: 'Service mlops-web/web\n', adopted: '' },
});
const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const kinds = (...names: string[]): Loose => ({
  resources: names.map((kind) => ({ name: `${kind.toLowerCase()}s`, kind, namespaced: kind !== 'Namespace' })),
});
const namespace = '/api/v1/namespaces/mlops-web';

const answers: Answers = {
  '/api/v1/namespaces': list(
    'v1 Namespace',
    live('v1 Namespace mlops-web', { status: { phase: 'Active', conditions } }),
  ),
  '/api/v1/nodes': list('v1 Node', node('a', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })),
  '/api/v1/pods': list('v1 Pod', pod),
  '/api/v1/services': list(
    'v1 Service',
    live('v1 Service kube-system/kube-dns', {
      spec: { clusterIP: '10.0.0.10', ports: [{ port: 53, nodePort: 30500 }] },
    }),
  ),
  '/apis/apps/v1/deployments': list('apps/v1 Deployment', deployment),
  '/apis/storage.k8s.io/v1/storageclasses': list('storage.k8s.io/v1 StorageClass', storageClass('standard')),
  '/apis/networking.k8s.io/v1/ingressclasses': list('networking.k8s.io/v1 IngressClass'),
  '/api/v1/resourcequotas': list(
    'v1 ResourceQuota',
    live('v1 ResourceQuota mlops-web/q', {
      spec: { hard: { 'limits.cpu': '1' } },
      status: { used: { 'limits.cpu': '1' } },
    }),
  ),
  '/api/v1/limitranges': list(
    'v1 LimitRange',
    live('v1 LimitRange mlops-web/l', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }),
  ),
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations': list(
    'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration',
    webhook,
  ),
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': list(
    'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration',
    webhook,
  ),
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices': list(
    'discovery.k8s.io/v1 EndpointSlice',
    live('discovery.k8s.io/v1 EndpointSlice default/kubernetes', {
      addressType: 'IPv4',
      endpoints: [],
      ports: [{ port: 6443 }],
    }),
  ),
  '/api/v1': kinds('Service', 'Namespace', 'Secret', 'ConfigMap'),
  '/apis/apps/v1': kinds('Deployment', 'StatefulSet'),
  '/apis/batch/v1': kinds('Job'),
  '/apis/monitoring.coreos.com/v1': kinds('Prometheus'),
  '/apis/machinelearning.seldon.io/v1': kinds('SeldonDeployment'),
  [review]: { status: { allowed: false } },
  [`${namespace}/pods`]: list('v1 Pod', pod),
  [`${namespace}/events`]: list('v1 Event', event),
  [`${namespace}/secrets/login`]: live('v1 Secret mlops-web/login', { data: { password: 'YQ==' } }),
  [`${namespace}/services/web`]: live('v1 Service mlops-web/web', {
    spec: { clusterIP: '10.0.0.1', selector: labels },
  }),
  '/apis/apps/v1/namespaces/mlops-web/deployments': list('apps/v1 Deployment', deployment),
  '/apis/apps/v1/namespaces/mlops-web/deployments/web': deployment,
  '/apis/apps/v1/namespaces/mlops-web/statefulsets/database': statefulSet,
  '/apis/apps/v1/namespaces/mlops-web/statefulsets/prometheus-main': statefulSet,
  '/apis/monitoring.coreos.com/v1/namespaces/mlops-web/prometheuses/main': prometheus,
  '/apis/machinelearning.seldon.io/v1/namespaces/mlops-web/seldondeployments/model': model,
  '/apis/batch/v1/namespaces/mlops-web/jobs/job': job,
  '/apis/coordination.k8s.io/v1/namespaces/default/leases/mlops-infra-mlops': lease,
  '/api/v1/namespaces/default/configmaps/mlops-infra-mlops': inventory,
};

const stop = new AbortController().signal;
const progress: Progress = { done: () => undefined, note: () => undefined, waiting: () => undefined };
const secrets = [{ namespace: 'mlops-web', name: 'login', keys: ['password'], as: 'secrets' }];
const compared = { ...platform(), secrets };

const diagnosis = async (given: Answers): Promise<unknown> =>
  examine(compared, await readCluster(new Answering(given), 'v1.34.4', compared, stop));

const sessionOf = (given: Answers): Session => {
  const api = new Answering(given);
  return new Session(api, new Kinds(api), new TimeLimit(0, stop), progress, declared.customResources);
};

const states = (given: Answers): Promise<unknown> =>
  Promise.all(
    [deployment, statefulSet, prometheus, model, job].map((object: KubernetesObject) =>
      stateOf(sessionOf(given), object),
    ),
  );

const records = async (given: Answers): Promise<unknown> => {
  const session = sessionOf(given);
  return [await new Records(session, 'mlops').read(), await session.get(await kindOf(session), 'mlops-web', 'web')];
};

const kindOf = async (session: Session) =>
  (await session.kinds.of(deployment)) ?? Promise.reject(new ApiError(404, 'no kind'));

const lock = async (given: Answers): Promise<unknown> => {
  const taken = await Lock.take(new Answering(given), 'mlops', new TimeLimit(0, stop), progress);
  return taken.release();
};

test.each<[string, (given: Answers) => Promise<unknown>]>([
  ['doctor', diagnosis],
  ['deploy, when it waits', states],
  ['deploy, when it reads what it has written', records],
  ['deploy, when it takes its lock', lock],
])('%s makes something of every answer, or refuses it in one sentence', async (_, read) => {
  const used = new Set<string>();
  const watched = new Proxy(answers, { get: (all, path: string) => (used.add(path), all[path]) });
  await read(watched);
  const paths = Object.keys(answers).filter((path) => used.has(path));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), changes, async (path, list) => {
      const error: unknown = await read({ ...answers, [path]: changed(answers[path], list) }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined && !(error instanceof ApiError || error instanceof DeployError)) throw error as Error;
    }),
    { numRuns: 300 },
  );
});

const refusal = {
  kind: 'Status',
  code: 422,
  reason: 'Invalid',
  message: 'Deployment "web" is invalid',
  details: { causes: [{ reason: 'FieldValueInvalid', message: 'field is immutable', field: 'spec.selector' }] },
};

test('every refusal is explained, whatever else is in it', () => {
  fc.assert(
    fc.property(fc.constantFrom(403, 409, 422), changes, (code, list) => {
      const status = statusIn(changed(refusal, list));
      const { text } = explainRejection(new ApiError(code, 'refused', status ?? { kind: 'Status' }), deployment);
      expect(text).toMatch(/./);
    }),
  );
});
