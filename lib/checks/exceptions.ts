import type { KubernetesObject } from '../kubernetes/object';
import { chartLabel } from '../output/collect';

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

export const podExceptions: readonly PodException[] = [
  {
    workload: 'DaemonSet/prometheus-node-exporter',
    controls: ['hostNamespaces', 'hostPathVolumes'],
    reason: 'measures the network, /proc and /sys of its node',
  },
  {
    workload: 'Deployment/nfs-subdir-external-provisioner',
    controls: ['restrictedVolumes'],
    withoutProbes: true,
    // nfs-subdir-external-provisioner 4.0.2, cmd/nfs-subdir-external-provisioner/provisioner.go.
    reason: 'makes folders on the NFS share, which it mounts; listens on no port',
  },
];

/**
 * Whether an object is from an original Helm chart. How its pods are written is the choice of the chart's authors; only
 * what would keep them from running, and what their namespace enforces, is checked.
 */
export const isOriginal = ({ metadata }: KubernetesObject): boolean => metadata.labels?.[chartLabel] !== undefined;

export const exceptionOf = ({ kind, metadata }: KubernetesObject): PodException | undefined =>
  podExceptions.find(({ workload }) => workload === `${kind}/${metadata.name}`);
