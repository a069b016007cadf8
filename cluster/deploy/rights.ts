import { z } from 'zod';
import { inParallel, type ClusterApi } from '../api/api';
import { malformed } from '../api/api-error';
import { groupOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { resourceName } from '../api/kinds';
import { recordsNamespace } from './lock';
import { definitionsIn, groupKindOf, type Plan } from './plan';
import { DeployError } from './progress';
import type { Session } from './session';

/** A permission that a user needs. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  /** Plural; a subresource follows after a slash, as in roles. */
  readonly resource: string;
  /** Undefined for cluster-scoped resources. */
  readonly namespace?: string;
}

/** The rights that are needed to apply an object. */
export const rightsOn = (object: KubernetesObject, resource: string, exists: boolean): Right[] =>
  (exists ? ['get', 'patch'] : ['get', 'patch', 'create']).map((verb) => ({
    ...{ verb, group: groupOf(object), resource },
    namespace: object.metadata.namespace,
  }));

const inRecords = (group: string, resource: string, verbs: readonly string[]): Right[] =>
  verbs.map((verb) => ({ verb, group, resource, namespace: recordsNamespace }));

/** The rights that are needed for the lock and the inventory. */
export const recordRights: readonly Right[] = [
  ...inRecords('coordination.k8s.io', 'leases', ['get', 'create', 'update', 'delete']),
  ...inRecords('', 'configmaps', ['get', 'create', 'patch']),
];

const accessReview = z.object({ status: z.object({ allowed: z.boolean() }) });

/** The rights that the current user lacks, as far as the cluster's authorizers can tell in advance. */
export async function missingRights(api: ClusterApi, rights: readonly Right[], signal: AbortSignal): Promise<Right[]> {
  const review = async ({ resource: path, ...rest }: Right): Promise<boolean> => {
    const [resource, subresource] = path.split('/');
    const attributes = { ...rest, resource, subresource };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    };
    const url = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const answer = await api.send('POST', url, { body, signal });
    const { data } = accessReview.safeParse(answer);
    if (data === undefined) throw malformed(200, `POST ${url}`, 'a review of rights', JSON.stringify(answer));
    return data.status.allowed;
  };
  if (await review({ verb: '*', group: '*', resource: '*' })) return [];
  // A right in one namespace is usually a right in all: ask once per kind first, and per namespace only where that is
  // denied.
  const everywhere = new Map<string, boolean>();
  const kinds = new Map(rights.map((right) => [kindKey(right), right]));
  await inParallel([...kinds], async ([key, { verb, group, resource }]) => {
    everywhere.set(key, await review({ verb, group, resource }));
  });
  const open = new Map(
    rights
      .filter((right) => everywhere.get(kindKey(right)) !== true)
      .map((right) => [`${kindKey(right)} ${right.namespace ?? ''}`, right]),
  );
  const lacking = await inParallel([...open.values()], async ({ verb, group, resource, namespace }) =>
    namespace === undefined ? true : !(await review({ verb, group, resource, namespace })),
  );
  return [...open.values()].filter((_, index) => lacking[index]);
}

const kindKey = ({ verb, group, resource }: Right): string => `${verb} ${resource}.${group}`;

/** `create, patch deployments.apps in mlops-kafka, mlops-minio`: one line per kind and set of verbs. */
export function describeRights(rights: readonly Right[]): string[] {
  const verbs = group(
    rights,
    (right) => `${resourceName(right)} ${right.namespace ?? ''}`,
    ({ verb }) => verb,
  );
  const lines = group(
    [...verbs],
    ([place, list]) => `${list.sort().join(', ')} ${place.split(' ')[0] ?? ''}`,
    ([place]) => place.split(' ')[1] ?? '',
  );
  return [...lines]
    .map(([what, places]) => {
      const namespaces = places.filter((place) => place !== '').sort();
      return namespaces.length === 0 ? what : `${what} in ${namespaces.join(', ')}`;
    })
    .sort();
}

function group<T, V>(items: readonly T[], key: (item: T) => string, value: (item: T) => V): Map<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), value(item)]);
  return groups;
}

/**
 * Throws a `DeployError` that lists what the current user may not do, before anything is changed.
 *
 * @param planned objects, and whether the cluster has them
 */
export async function requireRights(
  session: Session,
  plan: Plan,
  planned: readonly { readonly object: KubernetesObject; readonly state: string }[],
  dryRun: boolean,
): Promise<void> {
  const definitions = definitionsIn(plan);
  const rights = await inParallel(planned, async ({ object, state }): Promise<Right[]> => {
    const served = await session.persist(() => session.kinds.of(object));
    const definition = definitions.get(groupKindOf(object));
    const resource = served?.resource ?? definition?.plural;
    if (resource === undefined) return []; // Reported when the object is applied.
    return rightsOn(object, resource, state !== 'missing');
  });
  const own = dryRun ? [] : recordRights;
  const lacking = await session.persist(() =>
    missingRights(session.api, [...rights.flat(), ...own], session.timeLimit.stop),
  );
  if (lacking.length === 0) return;
  const title = 'You lack rights in this cluster. Nothing was changed. Ask its administrator for these, or to deploy:';
  throw new DeployError(title, describeRights(lacking));
}
