/**
 * Label on every object whose removal would remove data: `kubectl delete -f dist -l '!mlops-infra/keep'` leaves them, and so
 * everything that a later deploy finds again.
 */
export const keepLabel = 'mlops-infra/keep';

/** Kinds whose removal deletes data: a definition with all its objects, a namespace with everything in it. */
const dataKinds = new Set(['PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition', 'Namespace']);

/** Whether data goes when an object is removed. */
export function holdsData({ kind, spec }: { readonly kind: string; readonly spec?: unknown }): boolean {
  const { persistentVolumeClaimRetentionPolicy: policy } = (spec ?? {}) as {
    persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string };
  };
  return dataKinds.has(kind) || (kind === 'StatefulSet' && policy?.whenDeleted === 'Delete');
}
