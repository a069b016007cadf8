import type { PodGroup } from './pod-groups';

/** What selects some pods, with the name of the policy. */
export interface Named<Item> {
  readonly item: Item;
  readonly family: readonly PodGroup[];
  readonly namespace: string;
  readonly name: string;
}

/**
 * Names for policies, each of its own in its namespace: that of the workload, or what several have in common. Where that is
 * the same for two of them, the name of the first workload is added.
 *
 * @param familiesOf what has a policy each
 */
export function named<Item>(items: readonly Item[], familiesOf: (item: Item) => PodGroup[][]): Named<Item>[] {
  const drafts = items.flatMap((item) =>
    familiesOf(item).map((family) => ({
      ...{ item, family, member: family[0]?.name ?? '' },
      ...{ namespace: family[0]?.namespace ?? '', name: nameOfFamily(family) },
    })),
  );
  const uses = new Map<string, number>();
  const place = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
  for (const draft of drafts) uses.set(place(draft), (uses.get(place(draft)) ?? 0) + 1);
  return drafts.map(({ member, ...draft }) =>
    uses.get(place(draft)) === 1 ? draft : { ...draft, name: `${draft.name}-${member}` },
  );
}

function nameOfFamily(family: readonly PodGroup[]): string {
  const [first] = family;
  if (first === undefined) return '';
  const labels = Object.entries(first.identity);
  if (first.isOperated && labels.length === 1) return plural(first);
  if (family.length === 1) return first.name.replaceAll(' ', '-');
  const shared = labels.filter(([key, value]) => family.every(({ identity }) => identity[key] === value));
  return shared.length === 0 ? plural(first) : shared.map(([, value]) => value).join('-');
}

const plural = ({ kind }: PodGroup): string => `${kind.toLowerCase()}s`;
