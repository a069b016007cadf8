import type { LiveObject } from '../api/api';
import type { Right } from '../deploy/rights';
import type { KubernetesObject, PodSpec } from '../../lib/kubernetes/object';
import type { AskingContainer } from '../../lib/output/pod-set';

/** What a look at a cluster has brought. A list that may not be read is undefined, and named in `unseen`. */
export interface ClusterFacts {
  /** Such as `v1.31.2+k3s1`. */
  readonly version: string;
  readonly nodes?: readonly Node[];
  /** Those that have not ended. */
  readonly pods?: readonly LivePod[];
  readonly services?: readonly LiveObject[];
  readonly namespaces?: readonly Namespace[];
  readonly deployments?: readonly LiveObject[];
  readonly storageClasses?: readonly StorageClass[];
  readonly ingressClasses?: readonly LiveObject[];
  readonly quotas?: readonly Quota[];
  readonly limitRanges?: readonly LimitRange[];
  /** Both kinds. */
  readonly webhooks?: readonly WebhookConfiguration[];
  /** Whether an autoscaler makes nodes when pods need them, as far as it shows. */
  readonly autoscaled: boolean;
  /** What is there already of the output, whosever it is. */
  readonly existing: ReadonlyMap<KubernetesObject, LiveObject>;
  /** Objects of kinds that the cluster does not serve, and that the output does not define either. */
  readonly unserved: readonly KubernetesObject[];
  /**
   * Keys of the Secrets that must be there, by `namespace/name`, and never a value: undefined for one that is not there.
   * One that may not be read is left out.
   */
  readonly secretKeys: ReadonlyMap<string, readonly string[] | undefined>;
  /** What is wrong with values in them, by `namespace/name` and key, in words that quote nothing. @default nothing */
  readonly secretFlaws?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** What the current user would need to apply the output, and lacks. */
  readonly missingRights: readonly Right[];
  /** What he would need to hold himself, because the output grants it to others. */
  readonly ungrantableRights: readonly Right[];
  readonly unseen: readonly Unseen[];
}

/** Something that could not be looked at. */
export interface Unseen {
  /** Such as `nodes`. */
  readonly what: string;
  /** The API server's words. */
  readonly why: string;
}

export interface Node extends LiveObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
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
    readonly containers: readonly (AskingContainer & { command?: readonly string[]; args?: readonly string[] })[];
    readonly initContainers?: readonly AskingContainer[];
  };
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
