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

test('a pod keeps what it says itself', () => {
  const spec = { containers: [{ name: 'web' }], enableServiceLinks: true };
  expect(pods.spec(spec)).toEqual({ ...spec, imagePullSecrets: settings.imagePullSecrets });
});

test('without pull secrets a pod names none', () => {
  expect(new EveryPod({ images: { pullSecrets: [] } }).spec({})).toEqual({ enableServiceLinks: false });
});

test('of a custom resource only the fields are set that it has', () => {
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

  test('is as safe as the restricted Pod Security Standard wants it, in all of its containers', () => {
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

  test('keeps its user, and what a container says of its own safety', () => {
    const container = { name: 'web', securityContext: { privileged: true } };
    expect(specOf({ securityContext: { runAsUser: 7 }, containers: [container] })).toEqual({
      securityContext: { runAsUser: 7, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    });
  });
});
