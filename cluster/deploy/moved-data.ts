import type { LiveObject } from '../../lib/kubernetes/live-object';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import type { DataProblem, DataRule } from '../../lib/service/data-rule';
import type { PlannedEntry } from './inventory';
import { DeployError } from './progress';

/**
 * Finds what would part services from their data.
 *
 * @param seen planned objects, each with this platform's object of that name in the cluster
 * @param rules what must not change while there is data
 */
export const movedData = (
  seen: Iterable<readonly [KubernetesObject, LiveObject]>,
  rules: readonly DataRule[],
): DataProblem[] => [...seen].flatMap(([planned, live]) => rules.flatMap((rule) => rule(planned, live) ?? []));

/** Throws a `DeployError` where a deploy would part a service from its data. */
export function refuseMovedData(
  seen: readonly (Pick<PlannedEntry, 'state'> & { readonly object: KubernetesObject; readonly live?: LiveObject })[],
  rules: readonly DataRule[],
): void {
  const ours = seen.flatMap(({ object, live, state }) =>
    live === undefined || state !== 'ours' ? [] : [[object, live] as const],
  );
  const problems = movedData(ours, rules).map(({ text, remedy }) => `${text} (${remedy})`);
  if (problems.length > 0)
    throw new DeployError('A service would be parted from its data. Nothing was changed.', problems);
}
