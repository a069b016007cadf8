import type { OutputIndex } from '../checks/output-index';
import type { ConnectionProps } from '../graph/connection';
import type { KubernetesObject } from '../kubernetes/object';
import { Flows, isGroup, type Flow } from './flows';
import type { PodGroup, PodGroups } from './pod-groups';
import { egressRules, ingressRules, type Rule, type RuleOptions } from './rules';
import { alike, selectorOf } from './selectors';

export interface PolicyOptions extends RuleOptions {
  /** Addresses of DNS servers that are no pods. */
  readonly dns: readonly string[];
}

/**
 * The NetworkPolicies of an output: in each of its namespaces nothing is allowed but DNS, and what connections say. Such
 * policies add up, in whatever order they are written.
 */
export function networkPolicies(
  index: OutputIndex,
  connections: readonly ConnectionProps[],
  options: PolicyOptions,
): KubernetesObject[] {
  const flows = new Flows(index, connections);
  const all = flows.all();
  const incoming = byGroup(all, ({ to }) => to);
  const outgoing = byGroup(all, ({ from }) => from);
  const alikes = new Map<string, Permitted>();
  for (const group of new Set([...incoming.keys(), ...outgoing.keys()])) {
    if (group.onHostNetwork || !index.owns(group.namespace)) continue;
    const rules = {
      ingress: ingressRules(flows.groups, group, incoming.get(group) ?? []),
      egress: egressRules(flows.groups, group, outgoing.get(group) ?? [], options),
    };
    const key = `${group.namespace} ${JSON.stringify(rules)}`;
    const known = alikes.get(key) ?? { ...rules, groups: [] };
    known.groups.push(group);
    alikes.set(key, known);
  }
  const namespaces = index.objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  return [
    ...namespaces.flatMap((namespace) => [denyAll(namespace), allowDns(namespace, options.dns)]),
    ...named([...alikes.values()].flatMap((permitted) => policiesOf(flows.groups, permitted))),
  ];
}

/** Groups that may do the same. */
interface Permitted {
  readonly groups: PodGroup[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

function byGroup(flows: readonly Flow[], end: (flow: Flow) => Flow['from'] | Flow['to']): Map<PodGroup, Flow[]> {
  const groups = new Map<PodGroup, Flow[]>();
  for (const flow of flows) {
    const group = end(flow);
    if (!isGroup(group)) continue;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [flow]);
    else known.push(flow);
  }
  return groups;
}

/** A policy before it has a name of its own. */
interface Draft {
  readonly namespace: string;
  readonly name: string;
  /** What tells it from others with the same name. */
  readonly member: string;
  readonly spec: object;
}

/** A policy for each family: those whose labels differ in one value share it. */
const policiesOf = (groups: PodGroups, { groups: members, ingress, egress }: Permitted): Draft[] =>
  alike(members).map((family) => ({
    namespace: family[0]?.namespace ?? '',
    name: nameOfFamily(family),
    member: family[0]?.name ?? '',
    spec: {
      podSelector: selectorOf(groups, family),
      policyTypes: directions,
      ...(ingress.length === 0 ? {} : { ingress: ingress.map((rule) => spelled(rule, 'from')) }),
      ...(egress.length === 0 ? {} : { egress: egress.map((rule) => spelled(rule, 'to')) }),
    },
  }));

const directions = ['Ingress', 'Egress'];

const spelled = ({ peers, ports }: Rule, key: 'from' | 'to'): object => ({
  ...(peers === undefined ? {} : { [key]: peers }),
  ...(ports === undefined ? {} : { ports }),
});

/** The name of one workload, or what several have in common. */
function nameOfFamily(family: readonly PodGroup[]): string {
  const [first] = family;
  if (first === undefined) return '';
  if (first.isOperated && Object.keys(first.identity).length === 1) return `${first.kind.toLowerCase()}s`;
  if (family.length === 1) return first.name.replaceAll(' ', '-');
  const shared = Object.entries(first.identity).filter(([key, value]) =>
    family.every(({ identity }) => identity[key] === value),
  );
  return shared.length === 0 ? `${first.kind.toLowerCase()}s` : shared.map(([, value]) => value).join('-');
}

/** Where names are equal, the first of what a policy selects is added. */
function named(drafts: readonly Draft[]): KubernetesObject[] {
  const uses = new Map<string, number>();
  const place = ({ namespace, name }: Draft): string => `${namespace}/${name}`;
  for (const draft of drafts) uses.set(place(draft), (uses.get(place(draft)) ?? 0) + 1);
  return drafts.map((draft) => {
    const { namespace, name, member, spec } = draft;
    return policy(namespace, uses.get(place(draft)) === 1 ? name : `${name}-${member}`, spec);
  });
}

/** Without a rule, the policy allows nothing; it applies to pods that have no other one, too. */
const denyAll = (namespace: string): KubernetesObject =>
  policy(namespace, 'default-deny', { podSelector: {}, policyTypes: directions });

/**
 * The cluster's DNS: CoreDNS and whatever else has its labels, OpenShift's, which listens on another port, and addresses
 * such as that of NodeLocal DNSCache (kubernetes, cluster/addons/dns; openshift/cluster-dns-operator).
 */
const allowDns = (namespace: string, addresses: readonly string[]): KubernetesObject =>
  policy(namespace, 'dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          ...dnsServers.map(({ inside, labels }) => ({
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': inside } },
            podSelector: { matchLabels: labels },
          })),
          ...addresses.map((cidr) => ({ ipBlock: { cidr } })),
        ],
        ports: [53, 5353].flatMap((port) => [
          { port, protocol: 'UDP' },
          { port, protocol: 'TCP' },
        ]),
      },
    ],
  });

const dnsServers = [
  { inside: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  { inside: 'openshift-dns', labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
];

const policy = (namespace: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});
