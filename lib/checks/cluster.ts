import type { Service } from '../kubernetes/kube-service';
import type { Pod } from '../kubernetes/workload';

// What every cluster has, or gets from a controller while it runs: things that the output may refer to without holding
// them, each with who makes it.

/** Kubernetes makes them when a cluster starts. */
export const clusterNamespaces: ReadonlySet<string> = new Set([
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
]);

const made: Readonly<Record<string, RegExp>> = {
  // The token controller makes it in each namespace.
  ServiceAccount: /^default$/,
  // kube-controller-manager puts it into each namespace.
  ConfigMap: /^kube-root-ca\.crt$/,
  // The API server makes these when it starts.
  ClusterRole: /^(cluster-admin|admin|edit|view|system:.+)$/,
  PriorityClass: /^system-(cluster|node)-critical$/,
};

/** Whether a cluster has an object of this name without anybody applying it. */
export const isMadeInCluster = (kind: string, name: string): boolean => made[kind]?.test(name) ?? false;

export const clusterServices: readonly Service[] = [
  // The API server keeps it, with these labels (kubernetes, pkg/controlplane).
  {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
    ports: [{ name: 'https', port: 443 }],
    headless: false,
  },
];

// The DNS add-on, which every distribution names and labels like this, CoreDNS too.
export const clusterPods: readonly Omit<Pod, 'owner'>[] = [
  {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', containerPort: 53 },
      { name: 'metrics', containerPort: 9153 },
    ],
  },
];
