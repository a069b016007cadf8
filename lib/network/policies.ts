import type { OutputIndex } from '../checks/output-index';
import type { ConnectionProps } from '../graph/connection';
import type { KubernetesObject } from '../kubernetes/object';
import { allowDns, allowDnsNames, denyAll, directions, networkPolicy } from './baseline';
import { ciliumEgress, ciliumPolicy, isCiliums, isName } from './cilium';
import type { LabelSelector } from '../kubernetes/selection';
import { Flows, isGroup, type Flow } from './flows';
import { named } from './names';
import type { PodGroup } from './pod-groups';
import { egressRules, ingressRules, type Rule, type RuleOptions } from './rules';
import { alike, selectorOf } from './selectors';

export interface PolicyOptions extends RuleOptions {
  /** Whether Cilium's own policies are written for what NetworkPolicies have no word for. */
  readonly flavor: 'kubernetes' | 'cilium';
  /** Addresses of DNS servers that are no pods. */
  readonly dns: readonly string[];
}

/**
 * The policies of an output: in each of its namespaces nothing is allowed but DNS, and what connections say. Policies add
 * up, in whatever order they are written.
 */
export function networkPolicies(
  index: OutputIndex,
  connections: readonly ConnectionProps[],
  options: PolicyOptions,
): KubernetesObject[] {
  const flows = new Flows(index, connections);
  const permitted = permissionsOf(index, flows, options);
  const learning = new Set(permitted.filter(({ learns }) => learns).map(({ groups: [first] }) => first?.namespace));
  const namespaces = index.objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  return [
    ...namespaces.flatMap((namespace) => [
      denyAll(namespace),
      learning.has(namespace) ? allowDnsNames(namespace, options.dns) : allowDns(namespace, options.dns),
    ]),
    ...named(permitted, (permission) => alike(permission.groups)).flatMap(({ item, family, namespace, name }) =>
      policiesOf(namespace, name, selectorOf(flows.groups, family), item),
    ),
  ];
}

/** Groups that may do the same. */
interface Permission {
  readonly groups: PodGroup[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
  /** For Cilium alone. */
  readonly further: readonly object[];
  /** Whether Cilium must learn the addresses of names. */
  readonly learns: boolean;
}

function permissionsOf(index: OutputIndex, flows: Flows, options: PolicyOptions): Permission[] {
  const all = flows.all();
  const incoming = byGroup(all, ({ to }) => to);
  const outgoing = byGroup(all, ({ from }) => from);
  const alikes = new Map<string, Permission>();
  for (const group of new Set([...incoming.keys(), ...outgoing.keys()])) {
    if (group.onHostNetwork || !index.owns(group.namespace)) continue;
    const out = outgoing.get(group) ?? [];
    const ciliums = options.flavor === 'cilium' ? out.filter(isCiliums) : [];
    const rules = {
      ingress: ingressRules(flows.groups, group, incoming.get(group) ?? []),
      egress: egressRules(
        flows.groups,
        group,
        out.filter((flow) => !ciliums.includes(flow)),
        options,
      ),
      further: ciliumEgress(ciliums, options),
      learns: ciliums.some(isName),
    };
    const key = `${group.namespace} ${JSON.stringify(rules)}`;
    const known = alikes.get(key) ?? { ...rules, groups: [] };
    known.groups.push(group);
    alikes.set(key, known);
  }
  return [...alikes.values()];
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

function policiesOf(
  namespace: string,
  name: string,
  podSelector: LabelSelector,
  { ingress, egress, further }: Permission,
): KubernetesObject[] {
  const policy = networkPolicy(namespace, name, {
    podSelector,
    policyTypes: directions,
    ...(ingress.length === 0 ? {} : { ingress: ingress.map((rule) => spelled(rule, 'from')) }),
    ...(egress.length === 0 ? {} : { egress: egress.map((rule) => spelled(rule, 'to')) }),
  });
  return further.length === 0 ? [policy] : [policy, ciliumPolicy(namespace, name, podSelector, further)];
}

const spelled = ({ peers, ports }: Rule, key: 'from' | 'to'): object => ({
  ...(peers === undefined ? {} : { [key]: peers }),
  ...(ports === undefined ? {} : { ports }),
});
