import type { LiveObject } from '../../lib/kubernetes/live-object';
import { fieldManager } from './rejection';

/** The field manager of `kubectl apply` without `--server-side`, and the annotation with its last applied state. */
export const clientSideManager = 'kubectl-client-side-apply';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A JSON Patch that gives us the fields which `kubectl apply -f dist` has set, so that fields missing from the
 * manifests are removed; undefined for an object that it has not touched. It does what kubectl does when it changes
 * from client-side to server-side apply (k8s.io/client-go, util/csaupgrade), for our field manager.
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
    // First, so that the patch fails if the object has changed since it was read.
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: fields },
    ...(annotations[lastApplied] === undefined
      ? []
      : [{ op: 'remove', path: `/metadata/annotations/${lastApplied.replaceAll('~', '~0').replaceAll('/', '~1')}` }]),
  ];
}
