import type { PodException } from './declared';
import type { KubernetesObject } from '../kubernetes/object';
import { chartLabel } from '../kubernetes/labels';
import type { Output } from './output';

/**
 * Whether an object is from an original Helm chart. How its pods are written is the choice of the chart's authors; only
 * what would keep them from running, and what their namespace enforces, is checked.
 */
export const isOriginal = ({ metadata }: KubernetesObject): boolean => metadata.labels?.[chartLabel] !== undefined;

/** The exception that a service has declared for a workload of its own. */
export const exceptionOf = ({ declared }: Output, { kind, metadata }: KubernetesObject): PodException | undefined =>
  declared.checks.podExceptions.find(({ workload }) => workload === `${kind}/${metadata.name}`);
