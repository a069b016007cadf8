import type { KubernetesObject } from '../kubernetes/object';
import type { LabelSelector } from '../kubernetes/selection';
import type { Flow } from './flows';
import { portsOf, type Port, type RuleOptions } from './rules';

// What NetworkPolicies have no word for, as Cilium's own policies say it (cilium 1.18, pkg/policy/api: rule.go, egress.go,
// entity.go, fqdn.go, l4.go). They add to NetworkPolicies: what either allows is allowed.

/** Whether only a policy of Cilium's own says exactly this. */
export const isCiliums = ({ to }: Flow): boolean =>
  to === 'the API server' || to === 'nodes' || (typeof to === 'object' && 'host' in to);

/** Whether a flow ends at a name outside of the cluster. */
export const isName = ({ to }: Flow): boolean => typeof to === 'object' && 'host' in to;

/** What lets some pods out to the API server, to nodes, and to names outside of the cluster. */
export function ciliumEgress(flows: readonly Flow[], { apiServerPorts }: RuleOptions): object[] {
  const hosts = new Map<string, Flow[]>();
  for (const flow of flows) {
    if (typeof flow.to === 'object' && 'host' in flow.to) {
      hosts.set(flow.to.host, [...(hosts.get(flow.to.host) ?? []), flow]);
    }
  }
  const nodes = flows.filter(({ to }) => to === 'nodes');
  // The entity is whole nodes, with their other ports.
  const apiServer = apiServerPorts.map((port) => ({ port, protocol: 'TCP' as const }));
  return [
    ...(flows.some(({ to }) => to === 'the API server')
      ? [{ toEntities: ['kube-apiserver'], toPorts: [toPorts(apiServer)] }]
      : []),
    ...(nodes.length === 0 ? [] : [{ toEntities: ['host', 'remote-node'], toPorts: [toPorts(portsOf(nodes))] }]),
    ...[...hosts].sort().map(([matchName, some]) => ({ toFQDNs: [{ matchName }], toPorts: [toPorts(portsOf(some))] })),
  ];
}

const toPorts = (ports: readonly Port[]): object => ({
  ports: ports.map(({ port, protocol }) => ({ port: String(port), protocol })),
});

export const ciliumPolicy = (
  namespace: string,
  name: string,
  endpointSelector: LabelSelector,
  egress: readonly object[],
): KubernetesObject => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name, namespace },
  spec: { endpointSelector, egress },
});
