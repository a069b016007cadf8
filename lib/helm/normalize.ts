import { type Crd, isCrd, type KubernetesObject } from '../kubernetes/object';
import { isNamespaced } from '../schema/kubernetes';

/** Annotations by which Helm orders and deletes hooks. They have no effect outside Helm. */
const hookAnnotations = [
  'helm.sh/hook',
  'helm.sh/hook-delete-policy',
  'helm.sh/hook-weight',
  'helm.sh/resource-policy',
];

/**
 * Turns a rendering into objects for `kubectl apply`: flattens lists, removes hook annotations (the objects stay), sets
 * the namespace on namespaced objects and removes it from others, and drops descriptions of definitions and nulls.
 */
export function normalize(documents: readonly unknown[], namespace: string): KubernetesObject[] {
  const objects = documents.flatMap(flatten);
  const clusterScoped = new Set(
    objects
      .filter(isCrd)
      .map(({ spec }) => spec as Partial<Crd['spec']> | undefined) // Not checked yet.
      .flatMap((spec) => (spec?.scope === 'Cluster' ? [`${spec.group}/${spec.names?.kind}`] : [])),
  );
  const hasNamespace = (object: KubernetesObject): boolean => {
    const group = object.apiVersion.split('/').slice(0, -1).join('/');
    return isNamespaced(object.apiVersion, object.kind) ?? !clusterScoped.has(`${group}/${object.kind}`);
  };
  return objects.map((object) => {
    const { namespace: own, annotations, ...rest } = object.metadata;
    const kept = Object.entries(annotations ?? {}).filter(([name]) => !hookAnnotations.includes(name));
    return without(isCrd(object) ? isNullOrDescription : isNull, {
      ...object,
      metadata: {
        ...rest,
        ...(hasNamespace(object) ? { namespace: own || namespace } : {}),
        ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
      },
    }) as KubernetesObject;
  });
}

function flatten(document: unknown): KubernetesObject[] {
  const object = (document ?? {}) as Partial<KubernetesObject> & { items?: unknown[] | null };
  if (typeof object.apiVersion !== 'string' || typeof object.kind !== 'string') {
    throw new Error(`not a Kubernetes object: ${JSON.stringify(document).slice(0, 200)}`);
  }
  if (object.kind.endsWith('List') && 'items' in object) {
    if (!Array.isArray(object.items ?? [])) throw new Error(`${object.kind}: its items are no list`);
    return (object.items ?? []).flatMap(flatten);
  }
  if (typeof object.metadata?.name !== 'string') throw new Error(`${object.kind} without metadata.name`);
  return [object as KubernetesObject];
}

/** The API server drops null; so do we, to give every reader the same bytes. */
const isNull = (_key: string, value: unknown): boolean => value === null;

/**
 * `kubectl apply` keeps a copy of each object in an annotation of at most 262,144 bytes. Most of a definition is
 * descriptions, which only `kubectl explain` reads. A property named `description` is an object, and stays.
 */
const isNullOrDescription = (key: string, value: unknown): boolean =>
  value === null || (key === 'description' && typeof value === 'string');

function without(isLeftOut: (key: string, value: unknown) => boolean, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => without(isLeftOut, item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, item]) => !isLeftOut(key, item));
  return Object.fromEntries(kept.map(([key, item]) => [key, without(isLeftOut, item)]));
}
