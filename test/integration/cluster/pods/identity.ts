import {
  type Container,
  type KubernetesObject,
  nameOf,
  type PodSpec,
  type PodTemplate,
  podTemplateOf,
} from '../../../../lib/kubernetes/object';
import type { ControlPlane } from '../control-plane';

/** The fields of a pod that only a kubelet reads. */
export interface KubeletPodSpec extends PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: SecurityContext & {
    readonly fsGroup?: number;
    readonly supplementalGroups?: readonly number[];
    readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
  };
}

export interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly readOnlyRootFilesystem?: boolean;
}

/** One pod of a workload, and the API server that it belongs to. */
export interface PodIdentity {
  readonly cluster: ControlPlane;
  readonly workload: KubernetesObject;
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly metadata: NonNullable<PodTemplate['metadata']>;
  readonly spec: KubeletPodSpec;
}

/** The first pod of a workload. @throws Error for an object that starts none */
export function identityOf(cluster: ControlPlane, workload: KubernetesObject): PodIdentity {
  const template = podTemplateOf(workload);
  if (template === undefined) throw new Error(`${nameOf(workload)} starts no pods`);
  return {
    cluster,
    workload,
    name: `${workload.metadata.name}-0`,
    namespace: workload.metadata.namespace ?? 'default',
    serviceAccount: template.spec.serviceAccountName ?? 'default',
    metadata: template.metadata ?? {},
    spec: template.spec,
  };
}

/** What a container says of itself goes before what its pod says. */
export const securityOf = (spec: KubeletPodSpec, container: Container): SecurityContext => ({
  ...spec.securityContext,
  ...(container.securityContext as SecurityContext | undefined),
});

/** What a `fieldRef` stands for (k8s.io/api v0.27, core/v1/types.go, EnvVarSource and DownwardAPIVolumeFile). */
export function fieldOf(pod: PodIdentity, path: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map !== undefined && key !== undefined) return pod.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  const lines = (values: Readonly<Record<string, string>> = {}): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join('\n');
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': pod.name,
    'metadata.namespace': pod.namespace,
    'metadata.uid': '00000000-0000-4000-8000-000000000000',
    'metadata.labels': lines(pod.metadata.labels),
    'metadata.annotations': lines(pod.metadata.annotations),
    'spec.serviceAccountName': pod.serviceAccount,
    'spec.nodeName': 'node',
    'status.podIP': '127.0.0.1',
    'status.hostIP': '127.0.0.1',
  };
  const value = fields[path];
  if (value === undefined) throw new Error(`${pod.name}: these tests know no field ${path} of a pod`);
  return value;
}

/** Keys and decoded values of a ConfigMap or Secret; undefined where it does not exist. */
export async function dataOf(
  { cluster, namespace }: PodIdentity,
  kind: 'configmap' | 'secret',
  name: string,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const { status, body } = await cluster.api.send('GET', `/api/v1/namespaces/${namespace}/${kind}s/${name}`);
  if (status === 404) return undefined;
  const { data = {} } = body as { data?: Readonly<Record<string, string>> };
  const encoding = kind === 'secret' ? 'base64' : 'utf8';
  return new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)]));
}
