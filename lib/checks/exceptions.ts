import type { KubernetesObject } from '../kubernetes/object';
import { chartLabel } from '../output/collect';
import type { Output } from './output';

/** What a workload may do that the rules for pods forbid, and why it must. */
export interface PodException {
  /** Kind and name. */
  readonly workload: string;
  /** Controls of the restricted Pod Security Standard, by their ids. @default none */
  readonly controls?: readonly string[];
  /** Whether its containers may run without readiness and liveness probes. @default false */
  readonly withoutProbes?: boolean;
  readonly reason: string;
}

/**
 * Whether an object is from an original Helm chart. How its pods are written is the choice of the chart's authors; only
 * what would keep them from running, and what their namespace enforces, is checked.
 */
export const isOriginal = ({ metadata }: KubernetesObject): boolean => metadata.labels?.[chartLabel] !== undefined;

/** The exception that a service has declared for a workload of its own. */
export const exceptionOf = ({ declared }: Output, { kind, metadata }: KubernetesObject): PodException | undefined =>
  declared.checks.podExceptions.find(({ workload }) => workload === `${kind}/${metadata.name}`);
