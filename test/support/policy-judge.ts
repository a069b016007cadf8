import { BlockList, isIPv6 } from 'node:net';
import type { Loose } from './config';

// Decides from NetworkPolicies alone what may talk to what, as their specification says it (kubernetes.io/docs, concepts,
// network-policies): it knows nothing of how this project writes them.

/** A pod as a policy sees it. */
export interface SeenPod {
  /** For messages. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  readonly ports: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly hostNetwork: boolean;
}

/** An address outside of all pods. */
export interface SeenAddress {
  readonly name: string;
  readonly address: string;
}

export type End = SeenPod | SeenAddress;

export interface Door {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

const isPod = (end: End): end is SeenPod => 'labels' in end && !end.hostNetwork;

/** Both ends must agree; an end that no policy selects agrees with everything, and so does a pod with itself. */
export function isAllowed(policies: readonly Loose[], from: End, to: End, door: Door): boolean {
  if (from === to) return true;
  return (
    (!isPod(from) || lets(policies, from, to, 'Egress', door)) &&
    (!isPod(to) || lets(policies, to, from, 'Ingress', door))
  );
}

function lets(
  policies: readonly Loose[],
  pod: SeenPod,
  other: End,
  direction: 'Ingress' | 'Egress',
  door: Door,
): boolean {
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      takes(spec.podSelector, pod.labels) &&
      (spec.policyTypes as string[]).includes(direction),
  );
  if (selecting.length === 0) return true;
  const [rules, peers] = direction === 'Egress' ? (['egress', 'to'] as const) : (['ingress', 'from'] as const);
  const target = direction === 'Egress' ? other : pod;
  return selecting.some(({ metadata, spec }) =>
    ((spec[rules] ?? []) as Loose[]).some(
      (rule) =>
        isOpen(rule.ports, target, door) &&
        (rule[peers] === undefined || (rule[peers] as Loose[]).some((peer) => isPeer(peer, metadata.namespace, other))),
    ),
  );
}

function isOpen(ports: Loose[] | undefined, target: End, { port, protocol }: Door): boolean {
  if (ports === undefined) return true;
  return ports.some((open) => {
    if ((open.protocol ?? 'TCP') !== protocol) return false;
    if (typeof open.port === 'number') return open.port <= port && port <= (open.endPort ?? open.port);
    return (
      'ports' in target && target.ports.some(({ name, containerPort }) => name === open.port && containerPort === port)
    );
  });
}

function isPeer({ ipBlock, namespaceSelector, podSelector }: Loose, own: string, end: End): boolean {
  if (ipBlock !== undefined) {
    return (
      contains(ipBlock.cidr, end.address) && !(ipBlock.except ?? []).some((hole: string) => contains(hole, end.address))
    );
  }
  if (!isPod(end)) return false;
  const inNamespace =
    namespaceSelector === undefined
      ? end.namespace === own
      : takes(namespaceSelector, { 'kubernetes.io/metadata.name': end.namespace });
  return inNamespace && takes(podSelector ?? {}, end.labels);
}

function contains(cidr: string, address: string): boolean {
  const [net = '', prefix] = cidr.split('/');
  const family = isIPv6(net) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== (family === 'ipv6')) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(prefix), family);
  return list.check(address, family);
}

function takes({ matchLabels = {}, matchExpressions = [] }: Loose, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    (matchExpressions as Loose[]).every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && values.includes(value);
      return value === undefined || !values.includes(value);
    })
  );
}
