import { parseImage } from '../../lib/images/images';
import { about, type Finding } from './finding';
import type { ClusterFacts, LivePod } from './facts';
import type { Platform } from './platform';

const { problem, warning, ok } = about('network policies');

type Options = Exclude<Platform['config']['networkPolicies'], false>;

/** Whether the policies fit the cluster: they name ports and addresses that differ from one to the next. */
export function examineNetworkPolicies({ config }: Platform, facts: ClusterFacts): Finding[] {
  const { networkPolicies: options } = config;
  if (options === false) return [];
  return [...apiServerPorts(options, facts), ...nameServers(options, facts), ...engine(facts)];
}

/** Policies see the API server's own port, past its Service; with Cilium's, they need none. */
function apiServerPorts({ flavor, apiServerPorts: allowed }: Options, { apiServerSlices }: ClusterFacts): Finding[] {
  if (flavor === 'cilium' || apiServerSlices === undefined) return [];
  const ports = [...new Set(apiServerSlices.flatMap((slice) => (slice.ports ?? []).flatMap(({ port }) => port ?? [])))];
  if (ports.length === 0) return []; // Some API servers are behind no endpoint.
  const missing = ports.filter((port) => !allowed.includes(port));
  if (missing.length === 0)
    return [ok(`the API server's port, ${ports.join(', ')}, is among networkPolicies.apiServerPorts`)];
  const text = `the API server listens on ${missing.join(', ')}, and no policy lets pods out to it: operators and Jobs could not start`;
  return [problem(text, `write networkPolicies: { apiServerPorts: [${ports.join(', ')}] }`)];
}

/** NodeLocal DNSCache takes the address of the DNS Service for itself (kubernetes, cluster/addons/dns/nodelocaldns). */
function nameServers({ dns }: Options, { pods = [], services = [] }: ClusterFacts): Finding[] {
  const cached = pods.some(({ metadata }) => metadata.labels?.['k8s-app'] === 'node-local-dns');
  const service = services.find(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns');
  const { clusterIP } = (service?.spec ?? {}) as { readonly clusterIP?: string };
  if (!cached || clusterIP === undefined || clusterIP === 'None') return [];
  const block = `${clusterIP}/${clusterIP.includes(':') ? 128 : 32}`;
  if (dns.includes(block)) return [];
  const list = [...dns, block].map((one) => `'${one}'`).join(', ');
  const text = `NodeLocal DNSCache answers at ${clusterIP}, the address of the DNS, to which no policy lets pods out`;
  return [warning(text, `write networkPolicies: { dns: [${list}] }`)];
}

/** Programs that enforce policies, by the names of their images. */
const engines =
  /(^|\/)(calico\/node|cilium|kube-router|antrea-[\w-]+|weave-npc|kube-network-policies|kindnetd|aws-network-policy-agent|azure-npm|ovn-kube[\w-]*|ovnkube[\w-]*|kube-ovn|canal[\w-]*)$/;

/** k3s and RKE2 have it in their own program (k3s-io/k3s, pkg/agent/netpol). */
const hasOwn = (version: string): boolean => /\+(k3s|rke2)/.test(version);

function engine({ pods, version }: ClusterFacts): Finding[] {
  if (pods === undefined) return [];
  const found = pods.flatMap((pod) => imagesOf(pod).filter((repository) => engines.test(repository)));
  const [first] = found;
  if (first !== undefined) return [ok(`${first} enforces them`)];
  if (hasOwn(version)) return [ok(`${version} enforces them itself`)];
  return [
    warning(
      'no pod runs a program that is known to enforce them: without one, they are there and close nothing',
      'see in the documentation of your network or provider whether it enforces NetworkPolicies',
    ),
  ];
}

const imagesOf = ({ spec }: LivePod): string[] =>
  spec.containers.flatMap(({ image }) => (image === undefined ? [] : [parseImage(image).repository]));
