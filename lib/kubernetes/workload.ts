import { podTemplateOf, type KubernetesObject, type PodSpec } from './object';
import type { Labels, Selectable } from './selection';

/** A pod that runs because of an object of the output, or one replica of it where its name counts. */
export interface Pod extends Selectable {
  readonly owner: KubernetesObject;
  readonly ports: readonly PodPort[];
  /** Of a StatefulSet's pod, which DNS knows by it. @default not known before the pod runs */
  readonly name?: string;
}

export interface PodPort {
  readonly name?: string;
  readonly containerPort: number;
}

/** A workload and the pods that it starts. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: WorkloadPodSpec;
}

/** The fields of a pod that only the rules read. */
export interface WorkloadPodSpec extends PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly priorityClassName?: string;
}

/** The workload that an object is; undefined for any other object. */
export function workloadOf(object: KubernetesObject): Workload | undefined {
  const template = podTemplateOf(object);
  if (template === undefined) return undefined;
  return {
    object,
    namespace: object.metadata.namespace ?? '',
    labels: template.metadata?.labels ?? {},
    annotations: template.metadata?.annotations ?? {},
    spec: template.spec,
  };
}

/** All containers of a pod, in the order in which they start. */
export const containersOf = ({ containers, initContainers = [] }: PodSpec): PodSpec['containers'] => [
  ...initContainers,
  ...containers,
];

/** The pods of a workload: one for all replicas, except where each has a name of its own. */
export function podsOf({ object, namespace, labels, spec }: Workload): Pod[] {
  const ports = containersOf(spec).flatMap((container) => container.ports ?? []);
  if (object.kind !== 'StatefulSet') return [{ owner: object, namespace, labels, ports }];
  const { replicas = 1, ordinals } = object.spec as { replicas?: number; ordinals?: { start?: number } };
  return Array.from({ length: replicas }, (_, index) => {
    const name = `${object.metadata.name}-${(ordinals?.start ?? 0) + index}`;
    // apps/v1 puts it on each pod: k8s.io/api, apps/v1/types.go, StatefulSetPodNameLabel.
    return { owner: object, namespace, labels: { ...labels, 'statefulset.kubernetes.io/pod-name': name }, ports, name };
  });
}
