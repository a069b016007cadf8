import { podTemplateOf, type KubernetesObject } from '../kubernetes/object';

/** A record with its keys in order. */
export const sortKeys = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  mapInOrder(record, (value) => value);

const mapInOrder = <T, Mapped>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => Mapped,
): Record<string, Mapped> =>
  Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, map(record[key] as T)]),
  );

/** The order of keys that cdk8s gives, but whether or not the caller has set `CDK8S_DISABLE_SORT`. */
export function inOrder({ apiVersion, kind, metadata, ...rest }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata: sortDeep(metadata), ...sortDeep(rest) };
}

function sortDeep<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortDeep) as T;
  if (typeof value !== 'object' || value === null) return value;
  return mapInOrder(value as Record<string, unknown>, sortDeep) as T;
}

/** What tells an object from all others of its API group. */
export const identity = ({ kind, metadata }: Pick<KubernetesObject, 'kind' | 'metadata'>): string =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** Kinds that others of the same file need come first, as Helm orders them; then by name. */
const kindOrder = [
  ...['Namespace', 'NetworkPolicy', 'ResourceQuota', 'PodDisruptionBudget', 'ServiceAccount', 'Secret', 'ConfigMap'],
  ...['StorageClass', 'PersistentVolumeClaim', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding', 'Role'],
  ...['RoleBinding', 'Service', 'DaemonSet', 'Deployment', 'StatefulSet', 'HorizontalPodAutoscaler', 'Job', 'Ingress'],
];

/** Objects in the order in which they are applied. */
export function inApplyOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const rank = (object: KubernetesObject): number => {
    if (isFilledIn(object)) return kindOrder.length + 1;
    return kindOrder.includes(object.kind) ? kindOrder.indexOf(object.kind) : kindOrder.length;
  };
  return [...objects].sort((a, b) => rank(a) - rank(b) || (identity(a) < identity(b) ? -1 : 1));
}

/** Whether an injection webhook chooses the image of a pod: the webhook must be there before it. */
const isFilledIn = (object: KubernetesObject): boolean =>
  podTemplateOf(object)?.spec.containers.some(({ image }) => image === 'auto') ?? false;
