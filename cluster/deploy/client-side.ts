import type { LiveObject } from '../api/api';
import { fieldManager } from './rejection';

/** Who `kubectl apply` without `--server-side` is in `managedFields`, and where it keeps what it has applied. */
export const clientSideManager = 'kubectl-client-side-apply';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The JSON Patch that makes ours what `kubectl apply -f dist` has set before, so that fields which the manifests no longer have
 * are removed; undefined for an object that it has not touched. Like kubectl's own change from client-side to
 * server-side apply (k8s.io/client-go, util/csaupgrade), for our field manager.
 */
export function takeOver({ metadata }: LiveObject): object[] | undefined {
  const { managedFields = [], annotations = {}, resourceVersion } = metadata;
  const isClientSide = (entry: (typeof managedFields)[number]): boolean =>
    entry.manager === clientSideManager && entry.operation === 'Update' && (entry.subresource ?? '') === '';
  const isOurs = (entry: (typeof managedFields)[number]): boolean =>
    entry.manager === fieldManager && entry.operation === 'Apply';
  if (!managedFields.some(isClientSide)) return undefined;
  const alreadyOurs = managedFields.some(isOurs);
  const fields = managedFields
    .filter((entry) => !alreadyOurs || !isClientSide(entry))
    .map((entry) => (isClientSide(entry) ? { ...entry, manager: fieldManager, operation: 'Apply' } : entry));
  return [
    // First: who has changed the object meanwhile is told by a conflict.
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: fields },
    ...(annotations[lastApplied] === undefined
      ? []
      : [{ op: 'remove', path: `/metadata/annotations/${lastApplied.replaceAll('~', '~0').replaceAll('/', '~1')}` }]),
  ];
}
