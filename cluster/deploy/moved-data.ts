import type { LiveObject } from '../../lib/kubernetes/live-object';
import { nameOf, podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { chartLabel } from '../../lib/kubernetes/labels';
import type { PlannedEntry } from './inventory';
import { DeployError } from './progress';

/** Returns the service whose data an original Helm chart keeps. @param chart name and version of the chart */
export type ServiceOfChart = (chart: string) => string | undefined;

/** A workload with data whose Helm chart would come from another source than the installed one. */
export interface MovedData {
  /** The problem, for the user. */
  readonly text: string;
  readonly remedy: string;
}

/**
 * Finds workloads with data whose source would change. Both sources use the same object names and volumes, so the
 * cluster would accept the change; but they keep the data in different folders of the volume and bring different
 * versions of the programs. The service would start empty, or not at all.
 *
 * @param seen planned objects, each with this platform's object of that name in the cluster
 * @param serviceOf the service whose data an original chart keeps, by its name in the config; without one, no config
 *   leads back
 */
export function movedData(
  seen: Iterable<readonly [KubernetesObject, LiveObject]>,
  serviceOf: ServiceOfChart,
): MovedData[] {
  return [...seen].flatMap(([planned, live]) => {
    const [from, to] = [chartOf(live), chartOf(planned)];
    if (!keepsData(live) || (from === undefined) === (to === undefined)) return [];
    const source = from === undefined ? 'bundled' : 'upstream';
    const service = serviceOf(from ?? to ?? '');
    const back =
      service === undefined
        ? ''
        : `write charts: { ${service}: '${source}' } and run npm run synth; or, to change over, `;
    return [
      {
        text:
          `${service ?? planned.metadata.name}: ${nameOf(planned)} keeps its data as ${describe(from)} has it, ` +
          `and ${describe(to)} would not find or not read that in the same volume`,
        remedy: `${back}dump the data, delete this workload and its volumes, deploy, and restore the dump`,
      },
    ];
  });
}

/** Throws a `DeployError` where a deploy would separate a service from its data. */
export function refuseMovedData(
  seen: readonly (Pick<PlannedEntry, 'state'> & { readonly object: KubernetesObject; readonly live?: LiveObject })[],
  serviceOf: ServiceOfChart,
): void {
  const ours = seen.flatMap(({ object, live, state }) =>
    live === undefined || state !== 'ours' ? [] : [[object, live] as const],
  );
  const problems = movedData(ours, serviceOf).map(({ text, remedy }) => `${text} (${remedy})`);
  if (problems.length > 0)
    throw new DeployError('A service would start without its data. Nothing was changed.', problems);
}

const chartOf = ({ metadata }: KubernetesObject): string | undefined => metadata.labels?.[chartLabel];

const describe = (chart: string | undefined): string =>
  chart === undefined ? 'the bundled chart' : `the upstream chart ${chart}`;

function keepsData(object: KubernetesObject): boolean {
  const { volumeClaimTemplates = [] } = (object.spec ?? {}) as { readonly volumeClaimTemplates?: readonly object[] };
  const { volumes = [] } = podTemplateOf(object)?.spec ?? {};
  return volumeClaimTemplates.length > 0 || volumes.some((volume) => 'persistentVolumeClaim' in volume);
}
