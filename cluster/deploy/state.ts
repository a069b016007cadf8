import type { CustomResource } from '../../lib/kubernetes/custom-resource';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { readinessOf, type Readiness } from '../../lib/kubernetes/readiness';
import { describeSelector, type Labels } from '../../lib/kubernetes/selection';
import { itemsOf } from '../api/api';
import { ApiError } from '../api/api-error';
import { liveObject, type ObjectKind } from '../api/live';
import { diagnose, type Event } from './diagnosis';
import type { Session } from './session';

/** Whether an object is ready, and why not. */
export interface State {
  readonly readiness: Readiness['state'];
  /** Empty when it is ready. */
  readonly reasons: readonly string[];
}

/** Reads the state of an object and, where it is not ready, of its pods and their events. */
export async function stateOf(session: Session, object: KubernetesObject): Promise<State> {
  const declared = session.customResources.of(object);
  const own = await session.live(object);
  if (own === undefined) return waitsFor('is not there');
  const statefulSet = statefulSetOf(object, declared);
  const live = statefulSet === undefined ? own : await session.live(statefulSet);
  if (live === undefined) return waitsFor(`its operator has not made ${nameOf(statefulSet ?? object)} yet`);
  if (live !== own && isUnseen(own)) return waitsFor('its operator has not seen the change yet');
  const [readiness] = declared.flatMap((resource) => resource.readiness ?? []);
  const selector = podSelectorOf(live, declared);
  const { state, why } =
    readiness === undefined ? readinessOf(live) : readiness(live, await deploymentsOf(session, live, selector));
  if (state === 'ready') return { readiness: state, reasons: [] };
  const causes = await causesOf(session, live, selector);
  return { readiness: state, reasons: [causes.length === 0 ? why : `${why}: ${causes.join('; ')}`] };
}

const waitsFor = (reason: string): State => ({ readiness: 'unready', reasons: [reason] });

/** The StatefulSet whose state stands in for that of an object, where there is one. */
function statefulSetOf(object: KubernetesObject, declared: readonly CustomResource[]): KubernetesObject | undefined {
  const [name] = declared.flatMap(({ statefulSet }) => statefulSet?.(object) ?? []);
  if (name === undefined) return undefined;
  const { namespace } = object.metadata;
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace } };
}

/**
 * Whether an object is newer than what its operator says of it (k8s.io/apimachinery, meta/v1, Condition). Its
 * StatefulSet may then still be the old one.
 */
function isUnseen({ metadata: { generation = 0 }, status }: LiveObject): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { observedGeneration?: number }[] };
  return conditions.some(({ observedGeneration = generation }) => observedGeneration < generation);
}

/** The Deployments that an operator has made of an object. */
async function deploymentsOf(
  session: Session,
  { metadata }: LiveObject,
  labelSelector?: string,
): Promise<LiveObject[]> {
  if (labelSelector === undefined) return [];
  const path = `/apis/apps/v1/namespaces/${metadata.namespace ?? ''}/deployments`;
  return visible(session, path, { apiVersion: 'apps/v1', kind: 'Deployment' }, { labelSelector });
}

/** Why the pods of a workload do not start. */
async function causesOf(session: Session, live: LiveObject, selector?: string): Promise<string[]> {
  const { namespace } = live.metadata;
  if (namespace === undefined || selector === undefined) return [];
  const path = `/api/v1/namespaces/${namespace}`;
  const pods = await visible(session, `${path}/pods`, { apiVersion: 'v1', kind: 'Pod' }, { labelSelector: selector });
  const events = await visible(session, `${path}/events`, { apiVersion: 'v1', kind: 'Event' }, { limit: '500' });
  return diagnose(live, pods, events as unknown as Event[]);
}

/** Members of a list, which carry no kind themselves; none where the user may not read it. */
async function visible(
  session: Session,
  path: string,
  kind: ObjectKind,
  query: Record<string, string>,
): Promise<LiveObject[]> {
  try {
    const items = itemsOf(await session.send('GET', path, { query }));
    return items.map((item) => liveObject(item, kind, `GET ${path}`));
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return [];
    throw error;
  }
}

/** What selects the pods of an object, as a query spells it; undefined where nobody knows. */
function podSelectorOf(live: LiveObject, declared: readonly CustomResource[]): string | undefined {
  const { selector } = (live.spec ?? {}) as { selector?: { matchLabels?: Labels } };
  const [matchLabels = selector?.matchLabels] = declared
    .map(({ podSelector }) => podSelector?.(live))
    .filter((labels) => labels !== undefined);
  return matchLabels === undefined ? undefined : describeSelector({ matchLabels });
}
