import { k8s } from 'cdk8s-plus-27';
import type { ComponentSize } from '../config/sizes';

// Workloads are written with the typed objects of cdk8s-plus-27 (`k8s.KubeDeployment` …), not with its intent classes:
// those of this version know neither `seccompProfile` nor `enableServiceLinks`, and the restricted level needs both.

/** Levels of the Pod Security Standards. */
export type PodSecurity = 'restricted' | 'baseline' | 'privileged';

/** What the restricted Pod Security Standard asks for of a pod, whichever user it is. */
export const restrictedPod: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** What it asks for of a container; here its root filesystem is read-only, too. */
export const restrictedContainer: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** The user that a pod is, and the group that its volumes belong to. */
export const asUser = (uid: number): k8s.PodSecurityContext => ({ runAsUser: uid, runAsGroup: uid, fsGroup: uid });

/** A pod that never calls the Kubernetes API: an account of its own, without a token. */
export const tokenlessPod = (
  serviceAccountName: string,
  uid: number,
): Pick<k8s.PodSpec, 'serviceAccountName' | 'automountServiceAccountToken' | 'securityContext'> => ({
  serviceAccountName,
  automountServiceAccountToken: false,
  securityContext: asUser(uid),
});

type Amounts = Omit<ComponentSize, 'replicas' | 'disk'>;

/** Requests and limits in plain words, as Helm values take them. */
export const resourceValues = (size: Amounts): { requests: Amount; limits: Amount } => ({
  requests: { cpu: size.cpu, memory: size.memory },
  limits: { cpu: size.cpuLimit, memory: size.memoryLimit },
});

// A type, not an interface: only that fits where the generated types ask for a map of strings.
type Amount = { readonly cpu: string; readonly memory: string };

/** Requests and limits of a typed container. */
export const resources = (size: Amounts): k8s.ResourceRequirements => ({
  requests: { cpu: k8s.Quantity.fromString(size.cpu), memory: k8s.Quantity.fromString(size.memory) },
  limits: { cpu: k8s.Quantity.fromString(size.cpuLimit), memory: k8s.Quantity.fromString(size.memoryLimit) },
});

/** Prefers another node for each replica, where there is one. */
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

/** Another node for each replica, or none at all; and another zone, where there is one. */
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

/** An HTTP probe. */
export const httpProbe = (path: string, port: number, rest: Omit<k8s.Probe, 'httpGet'> = {}): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromNumber(port) },
  ...rest,
});
