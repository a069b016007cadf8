import { nameOf, podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { podSetsOf } from '../../lib/output/demand';
import { usableNodes } from './capacity';
import { about, counted, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import type { Platform } from './platform';

const { problem, warning } = about('capacity');

/** Whether there are enough nodes for pods that must not share one. */
export function examineSpread(platform: Platform, { nodes = [], autoscaled }: ClusterFacts): Finding[] {
  const places = usableNodes(nodes).length;
  if (places === 0) return []; // Reported as a capacity problem.
  const severe = autoscaled ? warning : problem;
  return platform.objects
    .filter(neverShares)
    .flatMap((object) => podSetsOf(object, platform.customResources))
    .filter(({ count }) => count > places)
    .map(({ owner, count }) =>
      severe(
        `the ${count} pods of ${nameOf(owner)} never share a node, and there ${places === 1 ? 'is' : 'are'} ${counted(places, 'node')}`,
        autoscaled
          ? 'the cluster autoscaler may add nodes: see that its limits allow it'
          : "add nodes; or choose fewer replicas in size.overrides, or size: { profile: 'team' }",
      ),
    );
}

interface Affinity {
  readonly podAntiAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly { readonly topologyKey: string }[];
  };
}

function neverShares(object: KubernetesObject): boolean {
  const { podAntiAffinity } = (podTemplateOf(object)?.spec.affinity ?? {}) as Affinity;
  const terms = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some(({ topologyKey }) => topologyKey === 'kubernetes.io/hostname');
}
