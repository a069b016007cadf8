import type { Container, KubernetesObject } from '../kubernetes/object';

/** Pods that are alike and run because of one object: what a scheduler and a quota look at. */
export interface PodSet {
  readonly owner: KubernetesObject;
  readonly containers: readonly AskingContainer[];
  readonly initContainers: readonly AskingContainer[];
  /** How many there are at a time; of `node` pods, on each node. */
  readonly count: number;
  /** How many there may be where their number follows the load. @default `count` */
  readonly most?: number;
  /** `service` runs all the time, `node` likewise on every node, `job` ends by itself. */
  readonly runs: 'service' | 'node' | 'job';
}

/** The part of a container that is set aside for it. */
export interface AskingContainer extends Pick<Container, 'name' | 'resources'> {
  readonly restartPolicy?: string;
}

/** Disks that are alike. */
export interface ClaimSet {
  readonly owner: KubernetesObject;
  /** @default the cluster's default class */
  readonly storageClass?: string;
  /** Bytes of each. */
  readonly size: number;
  readonly count: number;
}

/** A claim of volumes, or a template of one. */
export interface Claim {
  readonly spec?: { readonly storageClassName?: string; readonly resources?: Container['resources'] };
}
