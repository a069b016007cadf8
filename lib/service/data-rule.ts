import { chartLabel } from '../kubernetes/labels';
import type { LiveObject } from '../kubernetes/live-object';
import { nameOf, podTemplateOf, type KubernetesObject } from '../kubernetes/object';

/** A change that would part a service from the data in its volumes. */
export interface DataProblem {
  /** What would happen, for the user: the service, the object, and why. */
  readonly text: string;
  /** How to keep the data, and how to give it up. */
  readonly remedy: string;
}

/**
 * What must not change while there is data, although the cluster would accept it. Compares an object of the output, of
 * any kind, with this platform's object of that name in the cluster; undefined where the data is found again.
 */
export type DataRule = (planned: KubernetesObject, live: LiveObject) => DataProblem | undefined;

/**
 * A workload with data keeps the source of its Helm chart. Both sources use the same object names and volumes, but they
 * keep the data in different folders of the volume and bring different versions of the programs: the service would start
 * empty, or not at all.
 *
 * @param serviceOf the service whose data an original chart keeps, by name and version of the chart; without one, no
 *   config leads back
 */
export const keepsSource =
  (serviceOf: (chart: string) => string | undefined): DataRule =>
  (planned, live) => {
    const [from, to] = [chartOf(live), chartOf(planned)];
    if (!keepsData(live) || (from === undefined) === (to === undefined)) return undefined;
    const source = from === undefined ? 'bundled' : 'upstream';
    const service = serviceOf(from ?? to ?? '');
    const back =
      service === undefined
        ? ''
        : `write charts: { ${service}: '${source}' } and run npm run synth; or, to change over, `;
    return {
      text:
        `${service ?? planned.metadata.name}: ${nameOf(planned)} keeps its data as ${describe(from)} has it, ` +
        `and ${describe(to)} would not find or not read that in the same volume`,
      remedy: `${back}dump the data, delete this workload and its volumes, deploy, and restore the dump`,
    };
  };

const chartOf = ({ metadata }: KubernetesObject): string | undefined => metadata.labels?.[chartLabel];

const describe = (chart: string | undefined): string =>
  chart === undefined ? 'the bundled chart' : `the upstream chart ${chart}`;

function keepsData(object: KubernetesObject): boolean {
  const { volumeClaimTemplates = [] } = (object.spec ?? {}) as { readonly volumeClaimTemplates?: readonly object[] };
  const { volumes = [] } = podTemplateOf(object)?.spec ?? {};
  return volumeClaimTemplates.length > 0 || volumes.some((volume) => 'persistentVolumeClaim' in volume);
}
