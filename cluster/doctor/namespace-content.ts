import type { KubernetesObject } from '../../lib/kubernetes/object';
import type { ClaimSet, PodSet } from '../../lib/kubernetes/pod-set';
import { amountOf, formatBytes, formatCores } from '../../lib/kubernetes/quantity';
import { claimSetsOf, podSetsOf } from '../../lib/output/demand';
import type { Platform } from './platform';

/** The platform's objects in a namespace. */
export interface Content {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodSet[];
  readonly claims: readonly ClaimSet[];
}

export function contentOf({ objects: all, customResources }: Platform, namespace: string): Content {
  const objects = all.filter(({ metadata }) => metadata.namespace === namespace);
  return {
    objects,
    pods: objects.flatMap((object) => podSetsOf(object, customResources)),
    claims: objects.flatMap((object) => claimSetsOf(object, customResources)),
  };
}

/** The limits of a pod's containers together. */
export const limitOf = ({ containers }: PodSet, resource: 'cpu' | 'memory'): number =>
  containers.reduce((sum, { resources }) => sum + amountOf(resources?.limits?.[resource] ?? 0), 0);

const isBytes = (key: string): boolean => /memory|storage/.test(key);

/** Rounds up to the precision of messages, so that the shown amount suffices. Ignores the error of float sums. */
export function roundUp(key: string, amount: number): number {
  const step = (isBytes(key) ? 2 ** 30 : 1) / 100;
  return Math.ceil(amount / step - 1e-9) * step;
}

/** An amount in messages. @param key as in a quota, such as `requests.memory` */
export const format = (key: string, amount: number): string =>
  isBytes(key) ? formatBytes(amount) : formatCores(amount);
