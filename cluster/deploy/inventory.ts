import type { KubernetesObject } from '../../lib/kubernetes/object';
import { groupOf } from '../../lib/kubernetes/object';

/** Identifies an object across API versions. */
export interface Identity {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export const identityOf = (object: KubernetesObject): Identity => ({
  group: groupOf(object),
  kind: object.kind,
  namespace: object.metadata.namespace,
  name: object.metadata.name,
});

/** `StatefulSet.apps mlops-kafka/kafka`, `Namespace mlops-kafka`: an object in the inventory. */
export function entryOf({ group, kind, namespace, name }: Identity): string {
  return `${group === '' ? kind : `${kind}.${group}`} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

export function identityOfEntry(entry: string): Identity {
  const [type = '', place = ''] = entry.split(' ');
  const dot = type.indexOf('.');
  const slash = place.indexOf('/');
  return {
    group: dot < 0 ? '' : type.slice(dot + 1),
    kind: dot < 0 ? type : type.slice(0, dot),
    namespace: slash < 0 ? undefined : place.slice(0, slash),
    name: place.slice(slash + 1),
  };
}

/**
 * The objects that deploys have created in a cluster. It is written before the first object and after the last one, so
 * that it misses nothing when a deploy dies in between.
 */
export interface Inventory {
  /** Entries of objects that only a deploy can have created. */
  readonly objects: ReadonlySet<string>;
  /** Entries of objects that existed before the first deploy without this platform's label. They are never removed. */
  readonly adopted: ReadonlySet<string>;
}

export const emptyInventory: Inventory = { objects: new Set(), adopted: new Set() };

/** An entry of the plan, and whether the cluster has that object: not at all, as ours, or from someone else. */
export interface PlannedEntry {
  readonly entry: string;
  readonly state: 'missing' | 'ours' | 'external';
}

/** The inventory to write before anything is applied: the old one, and everything that is about to be created. */
export function before(old: Inventory, planned: readonly PlannedEntry[]): Inventory {
  const adopted = new Set(old.adopted);
  const objects = new Set(old.objects);
  for (const { entry, state } of planned) {
    if (state === 'missing') adopted.delete(entry);
    if (state === 'external' && !objects.has(entry)) adopted.add(entry);
    if (!adopted.has(entry)) objects.add(entry);
  }
  return { objects, adopted };
}

/** The inventory to write at the end: without the entries that the cluster no longer has. */
export function after(inventory: Inventory, gone: ReadonlySet<string>): Inventory {
  const still = (entries: ReadonlySet<string>) => new Set([...entries].filter((entry) => !gone.has(entry)));
  return { objects: still(inventory.objects), adopted: still(inventory.adopted) };
}

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

export function readInventory({ data = {} }: ConfigMap): Inventory {
  const entries = (text = '') => new Set(text.split('\n').filter((line) => line !== ''));
  return { objects: entries(data.objects), adopted: entries(data.adopted) };
}

/** The ConfigMap's data. Sorted, so that the same content gives the same bytes. */
export const inventoryData = ({ objects, adopted }: Inventory): Record<string, string> => {
  const lines = (entries: ReadonlySet<string>): string =>
    [...entries]
      .sort()
      .map((entry) => `${entry}\n`)
      .join('');
  return { objects: lines(objects), adopted: lines(adopted) };
};
