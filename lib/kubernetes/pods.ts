import { k8s } from 'cdk8s-plus-27';

// Workloads use the typed objects of cdk8s-plus-27 (`k8s.KubeDeployment` …), not its intent classes: in this version
// those support neither `seccompProfile` nor `enableServiceLinks`, and the restricted level needs both.

/** Levels of the Pod Security Standards. */
export type PodSecurity = 'restricted' | 'baseline' | 'privileged';

/** What the restricted Pod Security Standard requires of a pod, whatever its user. */
export const restrictedPod: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** What it requires of a container, and a read-only root filesystem. */
export const restrictedContainer: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** The user ID of a pod, and the group ID of its volumes. */
export const asUser = (uid: number): k8s.PodSecurityContext => ({ runAsUser: uid, runAsGroup: uid, fsGroup: uid });

/** A pod that never calls the Kubernetes API: its own ServiceAccount, without a token. */
export const tokenlessPod = (
  serviceAccountName: string,
  uid: number,
): Pick<k8s.PodSpec, 'serviceAccountName' | 'automountServiceAccountToken' | 'securityContext'> => ({
  serviceAccountName,
  automountServiceAccountToken: false,
  securityContext: asUser(uid),
});

/** What a container asks for, and the most that it may use. */
interface Amounts {
  readonly cpu: string;
  readonly cpuLimit: string;
  readonly memory: string;
  readonly memoryLimit: string;
}

/** Requests and limits as plain strings, for Helm values. */
export const resourceValues = (size: Amounts): { requests: Amount; limits: Amount } => ({
  requests: { cpu: size.cpu, memory: size.memory },
  limits: { cpu: size.cpuLimit, memory: size.memoryLimit },
});

// A type, because an interface is not assignable to the generated types' maps of strings.
type Amount = { readonly cpu: string; readonly memory: string };

/** Requests and limits of a typed container. */
export const resources = (size: Amounts): k8s.ResourceRequirements => ({
  requests: { cpu: k8s.Quantity.fromString(size.cpu), memory: k8s.Quantity.fromString(size.memory) },
  limits: { cpu: k8s.Quantity.fromString(size.cpuLimit), memory: k8s.Quantity.fromString(size.memoryLimit) },
});

/** Prefers a different node for each replica. */
export const spread = (labels: Readonly<Record<string, string>>): k8s.Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
      },
    ],
  },
});

/** Requires a different node for each replica, and prefers a different zone. */
export const apart = (labels: Readonly<Record<string, string>>): k8s.Affinity => {
  const labelSelector = { matchLabels: labels };
  const zone = 'topology.kubernetes.io/zone';
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: 'kubernetes.io/hostname' }],
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { labelSelector, topologyKey: zone } },
      ],
    },
  };
};

export const httpProbe = (path: string, port: number, rest: Omit<k8s.Probe, 'httpGet'> = {}): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromNumber(port) },
  ...rest,
});
