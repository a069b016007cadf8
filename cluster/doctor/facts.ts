import type { LiveObject } from '../../lib/kubernetes/live-object';
import type { Right } from '../deploy/rights';
import type { KubernetesObject, PodSpec } from '../../lib/kubernetes/object';
import type { AskingContainer } from '../../lib/kubernetes/pod-set';

/** The state of a cluster. A list that may not be read is undefined, and is named in `unseen`. */
export interface ClusterFacts {
  /** Such as `v1.31.2+k3s1`. */
  readonly version: string;
  readonly nodes?: readonly Node[];
  /** Without those that have ended. */
  readonly pods?: readonly LivePod[];
  readonly services?: readonly LiveObject[];
  readonly namespaces?: readonly Namespace[];
  readonly deployments?: readonly LiveObject[];
  readonly storageClasses?: readonly StorageClass[];
  readonly ingressClasses?: readonly LiveObject[];
  readonly quotas?: readonly Quota[];
  readonly limitRanges?: readonly LimitRange[];
  /** Validating and mutating ones. */
  readonly webhooks?: readonly WebhookConfiguration[];
  /** Where the API server is: the endpoints of the Service `kubernetes`. */
  readonly apiServerSlices?: readonly EndpointSlice[];
  /** Whether an autoscaler adds nodes for pending pods, as far as that is visible. */
  readonly autoscaled: boolean;
  /** Planned object → the object of that name in the cluster, whoever made it. */
  readonly existing: ReadonlyMap<KubernetesObject, LiveObject>;
  /** Planned objects whose kind neither the cluster nor the output defines. */
  readonly unserved: readonly KubernetesObject[];
  /**
   * `namespace/name` of each required Secret → its keys, never a value: undefined where the Secret does not exist. A
   * Secret that may not be read is left out.
   */
  readonly secretKeys: ReadonlyMap<string, readonly string[] | undefined>;
  /** `namespace/name` → key → flaw of its value, in words that quote nothing of it. @default none */
  readonly secretFlaws?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Rights that the current user lacks to apply the output. */
  readonly missingRights: readonly Right[];
  /** Rights that the current user would have to hold, because the output grants them to others. */
  readonly ungrantableRights: readonly Right[];
  readonly unseen: readonly Unseen[];
}

/** Something that could not be read. */
export interface Unseen {
  /** Such as `nodes`. */
  readonly what: string;
  /** Message of the API server. */
  readonly why: string;
}

export interface Node extends LiveObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    /** The names of each, the largest first. */
    readonly images?: readonly { readonly names?: readonly string[] | null }[];
    readonly nodeInfo?: { readonly architecture: string; readonly operatingSystem: string };
  };
}

export interface Taint {
  readonly key: string;
  readonly effect: string;
}

export interface LivePod extends LiveObject {
  readonly spec: Omit<PodSpec, 'containers' | 'initContainers'> & {
    readonly nodeName?: string;
    readonly containers: readonly (AskingContainer & {
      image?: string;
      command?: readonly string[];
      args?: readonly string[];
    })[];
    readonly initContainers?: readonly AskingContainer[];
  };
}

/** discovery.k8s.io/v1 */
export interface EndpointSlice extends LiveObject {
  readonly ports?: readonly { readonly port?: number }[] | null;
}

export interface Namespace extends LiveObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly status: string; readonly message?: string }[];
  };
}

export interface StorageClass extends LiveObject {
  readonly provisioner: string;
}

export interface Quota extends LiveObject {
  readonly spec?: { readonly hard?: Amounts; readonly scopes?: readonly string[]; readonly scopeSelector?: object };
  readonly status?: { readonly used?: Amounts };
}

export interface LimitRange extends LiveObject {
  readonly spec?: { readonly limits?: readonly Limits[] };
}

type Amounts = Readonly<Record<string, string>>;

export interface Limits {
  readonly type: string;
  readonly max?: Amounts;
  readonly min?: Amounts;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

export interface WebhookConfiguration extends LiveObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly failurePolicy?: string;
    readonly namespaceSelector?: object;
    readonly objectSelector?: object;
    readonly clientConfig: { readonly service?: { readonly name: string; readonly namespace: string } };
    readonly rules?: readonly { readonly apiGroups?: readonly string[]; readonly resources?: readonly string[] }[];
  }[];
}
