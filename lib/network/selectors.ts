import type { LabelSelector } from '../kubernetes/selection';
import type { PodGroup, PodGroups } from './pod-groups';

/**
 * The fewest selectors that take these groups and no others. Groups that differ in one label, such as a thousand models,
 * share one.
 *
 * @param members of one namespace
 */
export function selectorsOf(groups: PodGroups, members: readonly PodGroup[]): LabelSelector[] {
  return alike(members).map((family) => selectorOf(groups, family));
}

/** Groups whose labels differ in one value at most, together. */
export function alike(members: readonly PodGroup[]): PodGroup[][] {
  const families = new Map<string, PodGroup[]>();
  for (const member of members) {
    for (const family of familiesOf(member)) families.set(family, [...(families.get(family) ?? []), member]);
  }
  const placed = new Set<PodGroup>();
  return members.flatMap((member) => {
    if (placed.has(member)) return [];
    const candidates = familiesOf(member).map((family) => families.get(family) ?? [member]);
    const largest = candidates.reduce((best, next) => (next.length > best.length ? next : best), [member]);
    const family = largest.filter((one) => !placed.has(one));
    for (const one of family) placed.add(one);
    return [family];
  });
}

/** One for each label: all that have the same other ones. */
const familiesOf = ({ kind, identity }: PodGroup): string[] =>
  Object.keys(identity)
    .sort()
    .map((varying) => JSON.stringify([kind, varying, ...Object.entries(identity).filter(([key]) => key !== varying)]));

/**
 * One selector for groups of which all labels but one are the same. It has no list where it can do without: then it also
 * takes what an operator will make of further objects of the same kind.
 */
export function selectorOf(groups: PodGroups, family: readonly PodGroup[]): LabelSelector {
  const [first] = family;
  if (first === undefined) throw new Error('no pods to select');
  const labels = Object.entries(first.identity);
  // All that an operator makes has this label, whatever its value.
  if (first.isOperated && labels.length === 1) {
    const any = { matchExpressions: labels.map(([key]) => ({ key, operator: 'Exists' })) };
    if (isExact(groups, family, any)) return any;
  }
  if (family.length === 1) return { matchLabels: first.identity };
  const shared = labels.filter(([key, value]) => family.every(({ identity }) => identity[key] === value));
  const common = { matchLabels: Object.fromEntries(shared) };
  if (shared.length > 0 && isExact(groups, family, common)) return common;
  const [key = ''] = labels.map(([label]) => label).filter((label) => !(label in common.matchLabels));
  const values = family.map(({ identity }) => identity[key] ?? '').sort();
  return { ...(shared.length > 0 ? common : {}), matchExpressions: [{ key, operator: 'In', values }] };
}

function isExact(groups: PodGroups, family: readonly PodGroup[], selector: LabelSelector): boolean {
  const taken = groups.select(selector, family[0]?.namespace ?? '');
  return taken.size === family.length && family.every((group) => taken.has(group));
}
