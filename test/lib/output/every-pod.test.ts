import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { podTemplateOf } from '../../../lib/kubernetes/object';
import { EveryPod, secureByDefault } from '../../../lib/output/every-pod';

const pods = new EveryPod({ images: { pullSecrets: ['registry'] } });
const settings = { enableServiceLinks: false, imagePullSecrets: [{ name: 'registry' }] };

const workload = (spec: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec } },
});

test('a pod keeps its own settings', () => {
  const spec = { containers: [{ name: 'web' }], enableServiceLinks: true };
  expect(pods.spec(spec)).toEqual({ ...spec, imagePullSecrets: settings.imagePullSecrets });
});

test('without pull secrets a pod names none', () => {
  expect(new EveryPod({ images: { pullSecrets: [] } }).spec({})).toEqual({ enableServiceLinks: false });
});

test('only the fields that a custom resource has are set', () => {
  const server: KubernetesObject = { ...workload({}), kind: 'Server', spec: { replicas: 2 } };
  const fields = ['imagePullSecrets', 'nodeSelector'];
  const { imagePullSecrets } = settings;
  expect(pods.finish(server, {}, fields).spec).toEqual({ replicas: 2, imagePullSecrets });
});

test('a custom resource whose pods have a template of their own is left alone', () => {
  const deployment: KubernetesObject = { ...workload({}), kind: 'ModelDeployment' };
  expect(pods.finish(deployment, { a: 'b' })).toEqual(deployment);
});

describe('a pod of ours', () => {
  const specOf = (spec: object) => podTemplateOf(secureByDefault(workload(spec)))?.spec;

  test('meets the restricted Pod Security Standard in all of its containers', () => {
    const container = {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    };
    expect(specOf({ initContainers: [{ name: 'first' }], containers: [{ name: 'web' }] })).toEqual({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      initContainers: [{ name: 'first', securityContext: container }],
      containers: [{ name: 'web', securityContext: container }],
    });
  });

  test('keeps its user, and the security context that a container has', () => {
    const container = { name: 'web', securityContext: { privileged: true } };
    expect(specOf({ securityContext: { runAsUser: 7 }, containers: [container] })).toEqual({
      securityContext: { runAsUser: 7, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    });
  });
});
