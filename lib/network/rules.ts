import type { LabelSelector } from '../kubernetes/selection';
import { isGroup, type Flow } from './flows';
import type { PodGroup, PodGroups } from './pod-groups';
import { selectorsOf } from './selectors';

/** A peer of a rule (kubernetes, networking/v1, NetworkPolicyPeer). */
export interface Peer {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface Port {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** Who may be reached or may come in, by which ports. */
export interface Rule {
  /** @default everybody */
  readonly peers?: readonly Peer[];
  /** @default every port */
  readonly ports?: readonly Port[];
}

/**
 * Addresses that are not on the Internet: private (RFC 1918, RFC 6598), link-local (RFC 3927), loopback, and those for protocols,
 * measurements and the future (RFC 6890, RFC 2544, RFC 1112), which some networks use as private ones.
 */
const privateV4 = [
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.168.0.0/16', '198.18.0.0/15', '240.0.0.0/4'],
];
/** Unique local (RFC 4193) and link-local (RFC 4291) ones. */
const privateV6 = ['fc00::/7', 'fe80::/10'];

const everywhere: readonly Peer[] = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];
const internet: readonly Peer[] = [
  { ipBlock: { cidr: '0.0.0.0/0', except: privateV4 } },
  { ipBlock: { cidr: '::/0', except: privateV6 } },
];

export interface RuleOptions {
  readonly apiServerPorts: readonly number[];
}

/** What lets the flows of one group in: its peers are those that they come from. */
export function ingressRules(groups: PodGroups, group: PodGroup, flows: readonly Flow[]): Rule[] {
  const peers = flows.map((flow) => ({ flow, peer: flow.from }));
  const open = peers.filter(({ peer }) => !isGroup(peer)).map(({ flow }) => flow);
  return [...podRules(groups, group.namespace, peers), ...(open.length === 0 ? [] : [{ ports: portsOf(open) }])];
}

/** What lets the flows of one group out. */
export function egressRules(
  groups: PodGroups,
  group: PodGroup,
  flows: readonly Flow[],
  { apiServerPorts }: RuleOptions,
): Rule[] {
  const peers = flows.map((flow) => ({ flow, peer: flow.to }));
  const blocks = new Map<string, Flow[]>();
  const hosts: Flow[] = [];
  const anywhere: Port[] = [];
  for (const flow of flows) {
    const { to } = flow;
    // Neither has a name in a NetworkPolicy. Blocks of addresses do not take nodes with every network.
    if (to === 'the API server') anywhere.push(...apiServerPorts.map((port) => ({ port, protocol: 'TCP' as const })));
    else if (to === 'nodes') anywhere.push(...portsOf([flow]));
    else if ('block' in to) blocks.set(to.block, [...(blocks.get(to.block) ?? []), flow]);
    else if ('host' in to) hosts.push(flow);
  }
  return [
    ...podRules(groups, group.namespace, peers),
    ...[...blocks].sort().map(([block, some]) => ({ peers: peersOfBlock(block), ports: portsOf(some) })),
    ...(hosts.length === 0 ? [] : [{ peers: everywhere, ports: portsOf(hosts) }]),
    ...(anywhere.length === 0 ? [] : [{ ports: sortedPorts(anywhere) }]),
  ];
}

const peersOfBlock = (block: string): readonly Peer[] =>
  block === 'internet' ? internet : [{ ipBlock: { cidr: block } }];

/** Rules between pods: those of one namespace that are reached by the same ports share a rule. */
function podRules(
  groups: PodGroups,
  namespace: string,
  peers: readonly { readonly flow: Flow; readonly peer: Flow['from'] | Flow['to'] }[],
): Rule[] {
  const flowsOf = new Map<PodGroup, Flow[]>();
  for (const { flow, peer } of peers) {
    if (isGroup(peer)) flowsOf.set(peer, [...(flowsOf.get(peer) ?? []), flow]);
  }
  const buckets = new Map<string, { readonly ports?: readonly Port[]; readonly members: PodGroup[] }>();
  for (const [peer, flows] of flowsOf) {
    const ports = flows.some(({ port }) => port === undefined) ? undefined : portsOf(flows);
    const key = JSON.stringify([peer.namespace, ports]);
    const bucket = buckets.get(key) ?? { ports, members: [] };
    bucket.members.push(peer);
    buckets.set(key, bucket);
  }
  return [...buckets]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { ports, members }]) => ({
      peers: selectorsOf(groups, members)
        .map((selector) => peerOf(namespace, members[0]?.namespace ?? '', selector))
        .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
      ...(ports === undefined ? {} : { ports }),
    }));
}

/** Without a selector of its own, a peer in another namespace is every pod there. */
const peerOf = (own: string, namespace: string, podSelector: LabelSelector): Peer => ({
  ...(namespace === own ? {} : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }),
  ...(isEmpty(podSelector) && namespace !== own ? {} : { podSelector }),
});

const isEmpty = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;

/** The ports of flows, each once, in order. */
export const portsOf = (flows: readonly Flow[]): Port[] =>
  sortedPorts(flows.flatMap(({ port, protocol }) => (port === undefined ? [] : [{ port, protocol }])));

function sortedPorts(ports: readonly Port[]): Port[] {
  const once = new Map(ports.map((port) => [`${port.port}/${port.protocol}`, port]));
  return [...once.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}
