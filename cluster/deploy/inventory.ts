import type { KubernetesObject } from '../../lib/kubernetes/object';
import { groupOf } from '../../lib/checks/names';

/** Which object, whatever its version. */
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

/** `StatefulSet.apps mlops-kafka/kafka`, `Namespace mlops-kafka`: how an inventory writes an object down. */
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
 * What deploys have put into a cluster. It is written before the first object and after the last one, so that a deploy
 * that dies in between leaves out nothing that it has made.
 */
export interface Inventory {
  /** Entries of what only a deploy can have made. */
  readonly objects: ReadonlySet<string>;
  /** Entries of what was there before the first deploy, without this platform's label: never removed. */
  readonly adopted: ReadonlySet<string>;
}

export const emptyInventory: Inventory = { objects: new Set(), adopted: new Set() };

/** Entries of the plan with what each is in the cluster. */
export interface PlannedEntry {
  readonly entry: string;
  readonly state: 'missing' | 'ours' | 'external';
}

/** The inventory to write before anything is applied: the old one, and all that is about to be made. */
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

/** The inventory to write at the end: without what is in the cluster no longer. */
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

/** Lines in one order: the same content gives the same bytes. */
export const inventoryData = ({ objects, adopted }: Inventory): Record<string, string> => {
  const lines = (entries: ReadonlySet<string>): string =>
    [...entries]
      .sort()
      .map((entry) => `${entry}\n`)
      .join('');
  return { objects: lines(objects), adopted: lines(adopted) };
};
