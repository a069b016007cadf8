import type { CustomResources } from '../kubernetes/custom-resource';
import { podTemplateOf, type KubernetesObject, type Resources } from '../kubernetes/object';
import { claimSet, type Claim, type ClaimSet, type PodSet } from '../kubernetes/pod-set';
import { amountOf } from '../kubernetes/quantity';

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

/** What pods ask of a cluster: CPU in cores, memory and disk in bytes. */
export interface Demand {
  readonly cpu: number;
  readonly cpuLimit: number;
  readonly memory: number;
  readonly memoryLimit: number;
  readonly disk: number;
}

/** The sums of an output: of all pods that run, and of those that run once more on every node. */
export interface Demands {
  readonly total: Demand;
  readonly perNode: Demand;
}

const none: Demand = { cpu: 0, cpuLimit: 0, memory: 0, memoryLimit: 0, disk: 0 };

/** Adds up what the workloads request. Jobs are left out: they end. */
export function demandsOf(objects: readonly KubernetesObject[], customResources: CustomResources): Demands {
  const demands = objects.map((object) => ({
    daemon: object.kind === 'DaemonSet',
    demand: demandOf(object, customResources),
  }));
  return {
    total: sum(demands.filter(({ daemon }) => !daemon).map(({ demand }) => demand)),
    perNode: sum(demands.filter(({ daemon }) => daemon).map(({ demand }) => demand)),
  };
}

/** Pods of Jobs end; disks stay. */
const demandOf = (object: KubernetesObject, customResources: CustomResources): Demand =>
  sum([
    ...podSetsOf(object, customResources)
      .filter(({ runs }) => runs !== 'job')
      .map(({ containers, count, most }) =>
        times(sum(containers.map(({ resources }) => ofResources(resources))), count, most),
      ),
    ...claimSetsOf(object, customResources).map(({ size, count }) => ({ ...none, disk: size * count })),
  ]);

const ofResources = ({ requests = {}, limits = {} }: Resources = {}): Demand => ({
  cpu: amountOf(requests.cpu ?? 0),
  cpuLimit: amountOf(limits.cpu ?? 0),
  memory: amountOf(requests.memory ?? 0),
  memoryLimit: amountOf(limits.memory ?? 0),
  disk: 0,
});

const combine = (a: Demand, b: Demand): Demand => ({
  cpu: a.cpu + b.cpu,
  cpuLimit: a.cpuLimit + b.cpuLimit,
  memory: a.memory + b.memory,
  memoryLimit: a.memoryLimit + b.memoryLimit,
  disk: a.disk + b.disk,
});

const sum = (demands: readonly Demand[]): Demand => demands.reduce(combine, none);

/** Of so many pods, and at most of so many. */
const times = (demand: Demand, pods: number, most = pods): Demand => ({
  cpu: demand.cpu * pods,
  cpuLimit: demand.cpuLimit * most,
  memory: demand.memory * pods,
  memoryLimit: demand.memoryLimit * most,
  disk: demand.disk * pods,
});
