import { podTemplateOf, type KubernetesObject } from '../kubernetes/object';
import { amountOf } from '../kubernetes/quantity';
import type { CustomResources } from './custom-resource';
import type { AskingContainer, Claim, ClaimSet, PodSet } from './pod-set';

interface WorkloadSpec {
  readonly replicas?: number;
  readonly volumeClaimTemplates?: readonly Claim[];
}

const specOf = ({ spec }: KubernetesObject): WorkloadSpec => spec ?? {};

/** The pods of a workload, and those that an operator makes of a custom resource. */
export function podSetsOf(object: KubernetesObject, customResources: CustomResources): PodSet[] {
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job': {
      const { replicas = 1 } = specOf(object);
      const { containers = [], initContainers = [] } = podTemplateOf(object)?.spec ?? {};
      const runs = object.kind === 'DaemonSet' ? 'node' : object.kind === 'Job' ? 'job' : 'service';
      return [{ owner: object, containers, initContainers, count: runs === 'service' ? replicas : 1, runs }];
    }
    default:
      return operatedPodSetsOf(object, customResources);
  }
}

/** The pods that an operator makes of a custom resource; none of any other object. */
export const operatedPodSetsOf = (object: KubernetesObject, customResources: CustomResources): PodSet[] =>
  customResources
    .of(object)
    .flatMap(({ podSets }) => podSets?.(object) ?? [])
    .map((pods) => ({ ...pods, owner: object, initContainers: [], runs: 'service' }));

/** The disks that an object asks for. */
export function claimSetsOf(object: KubernetesObject, customResources: CustomResources): ClaimSet[] {
  return sizesOf(object, customResources).map((claims) => ({ ...claims, owner: object }));
}

function sizesOf(object: KubernetesObject, customResources: CustomResources): readonly Omit<ClaimSet, 'owner'>[] {
  const { replicas = 1, volumeClaimTemplates = [] } = specOf(object);
  switch (object.kind) {
    case 'StatefulSet':
      return volumeClaimTemplates.map((claim) => claimSet(claim, replicas));
    case 'PersistentVolumeClaim':
      return [claimSet(object as Claim, 1)];
    default:
      return customResources.of(object).flatMap(({ claimSets }) => claimSets?.(object) ?? []);
  }
}

/** So many disks as a claim describes. */
export const claimSet = ({ spec }: Claim, count: number): Omit<ClaimSet, 'owner'> => ({
  storageClass: spec?.storageClassName,
  size: amountOf(spec?.resources?.requests?.storage ?? 0),
  count,
});

/** Containers that run before the others, and of these those that go on running beside them. */
const isSidecar = ({ restartPolicy }: AskingContainer): boolean => restartPolicy === 'Always';

/**
 * What a scheduler sets aside for a pod: its containers together, or the largest of those that run before them. A
 * container without a request asks for its limit (kubernetes 1.36.3, pkg/apis/core/v1/defaults.go, SetDefaults_Pod).
 */
export function requestOf(
  { containers, initContainers = [] }: Pick<PodSet, 'containers'> & Partial<Pick<PodSet, 'initContainers'>>,
  resource: 'cpu' | 'memory',
): number {
  const ask = ({ resources }: AskingContainer): number =>
    amountOf(resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? 0);
  const sum = (items: readonly AskingContainer[]): number => items.reduce((total, item) => total + ask(item), 0);
  const sidecars = sum(initContainers.filter(isSidecar));
  const first = initContainers.filter((item) => !isSidecar(item)).map((item) => ask(item) + sidecars);
  return Math.max(sum(containers) + sidecars, ...first);
}
