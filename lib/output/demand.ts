import {
  podTemplateOf,
  type Container,
  type KubernetesObject,
  type PodSpec,
  type Resources,
} from '../kubernetes-object';
import { amountOf } from '../quantity';

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
export function demandsOf(objects: readonly KubernetesObject[]): Demands {
  const demands = objects.map((object) => ({ daemon: object.kind === 'DaemonSet', demand: demandOf(object) }));
  return {
    total: sum(demands.filter(({ daemon }) => !daemon).map(({ demand }) => demand)),
    perNode: sum(demands.filter(({ daemon }) => daemon).map(({ demand }) => demand)),
  };
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly resources?: Resources;
  readonly storage?: { readonly volumeClaimTemplate?: Claim };
  readonly volumeClaimTemplates?: readonly Claim[];
  readonly predictors?: readonly {
    readonly replicas?: number;
    readonly componentSpecs?: readonly { spec?: PodSpec }[];
    readonly svcOrchSpec?: { readonly resources?: Resources };
  }[];
}

interface Claim {
  readonly spec?: { readonly resources?: Resources };
}

function demandOf(object: KubernetesObject): Demand {
  const spec = (object.spec ?? {}) as WorkloadSpec;
  switch (object.kind) {
    case 'Deployment':
    case 'DaemonSet':
    case 'StatefulSet': {
      const containers = podTemplateOf(object)?.spec.containers ?? [];
      return times(
        sum([...containers.map(ofContainer), ...(spec.volumeClaimTemplates ?? []).map(ofClaim)]),
        spec.replicas ?? 1,
      );
    }
    // Pods that an operator makes of these.
    case 'Prometheus':
    case 'Alertmanager':
      return times(
        sum([ofResources(spec.resources), ofClaim(spec.storage?.volumeClaimTemplate ?? {})]),
        spec.replicas ?? 1,
      );
    case 'SeldonDeployment':
      return sum(
        (spec.predictors ?? []).map(({ replicas = 1, componentSpecs = [], svcOrchSpec }) =>
          times(
            sum([
              ofResources(svcOrchSpec?.resources),
              ...componentSpecs.flatMap((component) => component.spec?.containers.map(ofContainer) ?? []),
            ]),
            replicas,
          ),
        ),
      );
    case 'PersistentVolumeClaim':
      return ofClaim(object as Claim);
    default:
      return none;
  }
}

const ofContainer = ({ resources }: Container): Demand => ofResources(resources);

const ofClaim = ({ spec }: Claim): Demand => ({ ...none, disk: amountOf(spec?.resources?.requests?.storage ?? 0) });

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

const times = (demand: Demand, factor: number): Demand => ({
  cpu: demand.cpu * factor,
  cpuLimit: demand.cpuLimit * factor,
  memory: demand.memory * factor,
  memoryLimit: demand.memoryLimit * factor,
  disk: demand.disk * factor,
});
