import type { KubernetesObject, Resources } from '../kubernetes/object';
import { amountOf } from '../kubernetes/quantity';
import type { CustomResources } from './custom-resource';
import { claimSetsOf, podSetsOf } from './pod-sets';

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
