import type { KubernetesObject } from '../kubernetes/object';
import { ciliumPolicy } from './cilium';

/** Both directions: a policy that names none would be about those alone that it has rules for. */
export const directions = ['Ingress', 'Egress'];

export const networkPolicy = (namespace: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});

/** Without a rule, the policy allows nothing; it applies to pods that have no other one, too. */
export const denyAll = (namespace: string): KubernetesObject =>
  networkPolicy(namespace, 'default-deny', { podSelector: {}, policyTypes: directions });

/**
 * The DNS of the cluster: CoreDNS and whatever else has its labels, and OpenShift's (kubernetes, cluster/addons/dns;
 * openshift/cluster-dns-operator, assets/dns). A policy sees the port of the pod: 5353 of OpenShift's, and 8053 of Gardener's
 * (gardener, pkg/component/networking/coredns).
 */
const servers = [
  { inside: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  { inside: 'openshift-dns', labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
];

const ports = [53, 5353, 8053].flatMap((port) => (['UDP', 'TCP'] as const).map((protocol) => ({ port, protocol })));

/** @param addresses of servers that are no pods, such as NodeLocal DNSCache */
export const allowDns = (namespace: string, addresses: readonly string[]): KubernetesObject =>
  networkPolicy(namespace, 'dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          ...servers.map(({ inside, labels }) => ({
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': inside } },
            podSelector: { matchLabels: labels },
          })),
          ...addresses.map((cidr) => ({ ipBlock: { cidr } })),
        ],
        ports,
      },
    ],
  });

/** The same, where Cilium learns from the answers which addresses a name has (its documentation, DNS based policies). */
export const allowDnsNames = (namespace: string, addresses: readonly string[]): KubernetesObject => {
  const toPorts = [
    {
      ports: ports.map(({ port, protocol }) => ({ port: String(port), protocol })),
      rules: { dns: [{ matchPattern: '*' }] },
    },
  ];
  return ciliumPolicy(namespace, 'dns', {}, [
    {
      toEndpoints: servers.map(({ inside, labels }) => ({
        matchLabels: { 'k8s:io.kubernetes.pod.namespace': inside, ...labels },
      })),
      toPorts,
    },
    ...(addresses.length === 0 ? [] : [{ toCIDR: addresses, toPorts }]),
  ]);
};
