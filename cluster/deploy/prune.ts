import { inParallel } from '../api/api';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import { holdsData } from '../../lib/kubernetes/data';
import { objectKind, objectPath, resourceName, type Kind } from '../api/kinds';
import { nameOf } from '../../lib/kubernetes/object';
import { platformLabel } from '../../lib/kubernetes/labels';
import { deletionOf } from './prerequisites';
import { identityOfEntry, type Inventory } from './inventory';
import { DeployError } from './progress';
import { describeRights, missingRights } from './rights';
import { describeWaits, type Session, type Wait } from './session';

/** An object of an earlier deploy that the manifests no longer contain. */
export interface Leftover {
  /** Entry of the inventory. */
  readonly entry: string;
  readonly kind: Kind;
  readonly live: LiveObject;
  /** Why it is kept; undefined for an object to remove. */
  readonly kept?: string;
}

/** The objects to prune. */
export interface Leftovers {
  readonly found: readonly Leftover[];
  /** Entries of the inventory that the cluster no longer has. */
  readonly gone: ReadonlySet<string>;
}

/** Finds the objects that are in the inventory and not in the manifests. */
export async function findLeftovers(
  session: Session,
  inventory: Inventory,
  options: { readonly planned: ReadonlySet<string>; readonly platform: string; readonly data: boolean },
): Promise<Leftovers> {
  const gone = new Set<string>();
  const entries = [...inventory.objects].filter((entry) => !options.planned.has(entry));
  const found = await inParallel(entries, async (entry): Promise<Leftover | undefined> => {
    const { group, kind: kindName, namespace, name } = identityOfEntry(entry);
    const kind = await session.persist(() => session.kinds.inGroup(group, kindName));
    const live = kind === undefined ? undefined : await session.get(kind, namespace, name);
    if (kind === undefined || live === undefined) {
      gone.add(entry);
      return undefined;
    }
    return { entry, kind, live, kept: reasonToKeep(live, options) };
  });
  return { found: found.filter((leftover) => leftover !== undefined), gone };
}

export function reasonToKeep(
  live: LiveObject,
  { platform, data }: { readonly platform: string; readonly data: boolean },
): string | undefined {
  if (live.metadata.labels?.[platformLabel] !== platform) {
    return `does not have the label ${platformLabel}=${platform} any more, so it belongs to someone else`;
  }
  if (data || !holdsData(live)) return undefined;
  return 'holds data (--prune-data removes it)';
}

/** The list to show before anything is removed. */
export function describeLeftovers(leftovers: readonly Leftover[]): string[] {
  return leftovers.map(({ live, kept }) => {
    if (kept !== undefined) return `keep    ${nameOf(live)}: ${kept}`;
    return `remove  ${nameOf(live)}${consequence(live)}`;
  });
}

function consequence({ kind, metadata, spec }: LiveObject): string {
  switch (kind) {
    case 'Namespace':
      return ', with everything in it';
    case 'CustomResourceDefinition':
      return ', with every object of this kind';
    case 'PersistentVolumeClaim':
      return ', with what its volume holds';
    case 'StatefulSet': {
      const { replicas = 1, volumeClaimTemplates = [] } = spec as {
        replicas?: number;
        volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
      };
      const claims = volumeClaimTemplates.flatMap((claim) =>
        Array.from({ length: replicas }, (_, index) => `${claim.metadata.name}-${metadata.name}-${index}`),
      );
      return claims.length === 0 ? '' : ` (its volumes stay: ${claims.join(', ')})`;
    }
    default:
      return '';
  }
}

/**
 * Custom resources go first, while their operators still run and can finalize them; containers of other objects go
 * last.
 */
function stageOf({ kind }: LiveObject, { group }: Kind): number {
  if (kind === 'Namespace') return 4;
  if (kind === 'CustomResourceDefinition') return 3;
  if (holdsData({ kind })) return 2;
  return group.includes('.') && !group.endsWith('.k8s.io') ? 0 : 1;
}

/**
 * Removes the objects that are not kept, and waits until they are gone. Throws a `DeployError` that lists missing
 * rights.
 */
export async function remove(session: Session, leftovers: readonly Leftover[]): Promise<Set<string>> {
  const doomed = leftovers.filter(({ kept }) => kept === undefined);
  const rights = doomed.map(({ kind, live }) => ({
    ...{ verb: 'delete', group: kind.group, resource: kind.resource },
    namespace: live.metadata.namespace,
  }));
  const lacking = await session.persist(() => missingRights(session.api, rights, session.timeLimit.stop));
  if (lacking.length > 0)
    throw new DeployError('You may not remove what is left over. You lack:', describeRights(lacking));
  const gone = new Set<string>();
  for (const stage of [0, 1, 2, 3, 4]) {
    const members = doomed.filter(({ live, kind }) => stageOf(live, kind) === stage);
    await inParallel(members, (leftover) => removeOne(session, leftover));
    await untilGone(session, members);
    for (const { entry } of members) gone.add(entry);
  }
  return gone;
}

async function removeOne(session: Session, { kind, live }: Leftover): Promise<void> {
  const { namespace, name, uid } = live.metadata;
  // The UID spares an object that was recreated under the same name.
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, propagationPolicy: 'Background' };
  const path = objectPath(kind, namespace, name);
  await session.persist(async () => {
    if ((await session.api.get(path, objectKind(kind), session.options))?.metadata.uid !== uid) return;
    await session.write('DELETE', path, { body });
  });
  session.progress.note(`removing ${resourceName(kind)} ${namespace === undefined ? name : `${namespace}/${name}`}`);
}

async function untilGone(session: Session, leftovers: readonly Leftover[]): Promise<void> {
  let open = leftovers;
  for (let tries = 0; open.length > 0; tries += 1) {
    const waits = await inParallel(open, async (leftover): Promise<(Wait & { leftover: Leftover }) | undefined> => {
      const { kind, live } = leftover;
      const now = await session.get(kind, live.metadata.namespace, live.metadata.name);
      if (now === undefined || now.metadata.uid !== live.metadata.uid) return undefined;
      return { leftover, object: now, reasons: [deletionOf(now)] };
    });
    const waiting = waits.filter((wait) => wait !== undefined);
    open = waiting.map(({ leftover }) => leftover);
    if (open.length === 0) break;
    if (session.timeLimit.over)
      throw new DeployError('The time is over; not everything is removed yet.', describeWaits(waiting));
    session.progress.waiting(describeWaits(waiting));
    await session.pause(tries);
  }
  session.progress.waiting([]);
}
