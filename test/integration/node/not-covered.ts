import { noGrowth } from './grow';
import { realImages } from './images/pull';
import type { Prepared } from './prepare';

const always = [
  'several nodes, and node pools with taints',
  ...(realImages
    ? []
    : ['images as their authors publish them: those of other projects are made from package registries']),
  'load balancers, Ingresses and what is outside of the node: the tests call from the node, which no policy keeps out',
];

/** What a passed run does not show. */
export function notCovered({ standIns, missing, before }: Prepared): string[] {
  const absent = Object.entries(missing).map(([image, why]) => `${image} was not started: ${why}`);
  const upgrade = 'missing' in before ? [`an upgrade: ${before.missing}`] : [];
  return [...always, ...[noGrowth() ?? []].flat(), ...upgrade, ...standIns, ...absent];
}
