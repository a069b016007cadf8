import type { Service } from './kube-service';
import type { LiveObject } from './live-object';
import { groupOf, type KubernetesObject } from './object';
import type { ClaimSet, PodSet } from './pod-set';
import type { Readiness } from './readiness';
import type { Labels } from './selection';
import type { Target } from './target';
import type { Pod } from './workload';

/**
 * What the platform needs to know about a kind of custom resource: what its operator makes of an object, and what an
 * object refers to.
 */
export interface CustomResource {
  /** Such as `monitoring.coreos.com`: what is said holds for all its versions. */
  readonly apiGroup: string;
  /** @default every kind of the group */
  readonly kind?: string;
  /**
   * Fields of its `spec` that are fields of the pods and mean the same there.
   * @default none: the pods have a template of their own, which the chart that writes the object completes
   */
  readonly podFields?: readonly string[];
  /** Whether the operator chooses an image where `spec.image` names none. @default false */
  readonly choosesImage?: boolean;
  /** Its pods and Services, as others find them. @default none */
  readonly made?: (object: KubernetesObject) => Made;
  /** Its pods, as a scheduler and a quota see them. @default none */
  readonly podSets?: (object: KubernetesObject) => readonly OperatedPodSet[];
  /** Its disks. @default none */
  readonly claimSets?: (object: KubernetesObject) => readonly Omit<ClaimSet, 'owner'>[];
  /** Labels of the Deployments and pods that its operator makes of an object. @default no pods can be found */
  readonly podSelector?: (object: KubernetesObject) => Labels;
  /**
   * Whether an object is ready, as far as it and the Deployments of its operator tell.
   * @default it is as soon as it exists
   */
  readonly readiness?: (object: LiveObject, deployments: readonly LiveObject[]) => Readiness;
  /**
   * Name of the StatefulSet whose state stands in for that of an object.
   * @default the object tells by itself
   */
  readonly statefulSet?: (object: KubernetesObject) => string;
  /** What it refers to by name. @default nothing */
  readonly targets?: (object: KubernetesObject) => readonly Target[];
}

/** What an operator makes of a custom resource, as far as others find it by labels, names and ports. */
export interface Made {
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  /** Labels that all of its pods and no others have, whatever changes in its spec. */
  readonly identity: Labels;
}

/** Pods that an operator makes of a custom resource: they run all the time. */
export type OperatedPodSet = Pick<PodSet, 'containers' | 'count' | 'most'>;

/** What is declared of custom resources, by kind. */
export class CustomResources {
  /** Kinds that operators make pods of. */
  readonly workloadKinds: readonly string[];
  private readonly byKind = new Map<string, CustomResource[]>();

  constructor(declared: readonly CustomResource[]) {
    for (const one of declared) {
      const key = `${one.apiGroup}/${one.kind ?? ''}`;
      this.byKind.set(key, [...(this.byKind.get(key) ?? []), one]);
    }
    this.workloadKinds = declared.flatMap(({ kind, podSets }) => (podSets === undefined ? [] : (kind ?? [])));
  }

  /** What is declared of the kind of an object, and of all kinds of its API group; empty for any other object. */
  of(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): readonly CustomResource[] {
    const group = groupOf(object);
    return [...(this.byKind.get(`${group}/${object.kind}`) ?? []), ...(this.byKind.get(`${group}/`) ?? [])];
  }
}
