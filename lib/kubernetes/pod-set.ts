import type { Container, KubernetesObject } from './object';
import { amountOf } from './quantity';

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

/** So many disks as a claim describes. */
export const claimSet = ({ spec }: Claim, count: number): Omit<ClaimSet, 'owner'> => ({
  storageClass: spec?.storageClassName,
  size: amountOf(spec?.resources?.requests?.storage ?? 0),
  count,
});

/** Whether a container that starts before the others goes on running beside them. */
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
