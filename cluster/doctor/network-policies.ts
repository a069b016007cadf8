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
  return [
    ...apiServerPorts(options, facts),
    ...foreignNameServers(options, facts),
    ...nameServers(options, facts),
    ...engine(facts),
  ];
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

/** Some providers have the DNS outside of the cluster's pods. */
function foreignNameServers({ dns }: Options, { pods, services = [] }: ClusterFacts): Finding[] {
  const { clusterIP } = (services.find(isDns)?.spec ?? {}) as { readonly clusterIP?: string };
  if (pods === undefined || pods.some(isDns) || clusterIP === undefined || clusterIP === 'None') return [];
  const block = blockOf(clusterIP);
  if (dns.includes(block)) return [];
  const text = `no pod of kube-system is the DNS that answers at ${clusterIP}, and policies let pods out to such pods only`;
  return [problem(text, `write networkPolicies: { dns: [${listed([...dns, block])}] }`)];
}

const isDns = ({ metadata }: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } }): boolean =>
  metadata.labels?.['k8s-app'] === 'kube-dns';

const blockOf = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

const listed = (blocks: readonly string[]): string => blocks.map((one) => `'${one}'`).join(', ');

/** NodeLocal DNSCache takes the address of the DNS Service for itself (kubernetes, cluster/addons/dns/nodelocaldns). */
function nameServers({ dns }: Options, { pods = [], services = [] }: ClusterFacts): Finding[] {
  const cached = pods.some(({ metadata }) => metadata.labels?.['k8s-app'] === 'node-local-dns');
  const { clusterIP } = (services.find(isDns)?.spec ?? {}) as { readonly clusterIP?: string };
  if (!cached || clusterIP === undefined || clusterIP === 'None') return [];
  const block = blockOf(clusterIP);
  if (dns.includes(block)) return [];
  const text = `NodeLocal DNSCache answers at ${clusterIP}, the address of the DNS, to which no policy lets pods out`;
  return [warning(text, `write networkPolicies: { dns: [${listed([...dns, block])}] }`)];
}

/** Programs that enforce policies, by the names of their images. */
const engines =
  /(^|\/)(calico\/node|cilium|kube-router|antrea-[\w-]+|weave-npc|kube-network-policies|kindnetd|aws-network-policy-agent|azure-npm|ovn-kube[\w-]*|ovnkube[\w-]*|kube-ovn|canal[\w-]*)$/;

/** k3s has it in its own program (k3s-io/k3s, pkg/agent/netpol). */
const hasOwn = (version: string): boolean => version.includes('+k3s');

/** Amazon's agent is there and off by default (aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni, enableNetworkPolicy). */
const isOff = (image: string, args: readonly string[]): boolean =>
  image.includes('aws-network-policy-agent') && !args.includes('--enable-network-policy=true');

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
  spec.containers.flatMap(({ image, args = [] }) =>
    image === undefined || isOff(image, args) ? [] : [parseImage(image).repository],
  );
