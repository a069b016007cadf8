import { ApiError, type LiveObject } from '../api/api';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { diagnose, type Event } from './diagnosis';
import { modelReadiness, modelSelector } from './model-readiness';
import { readinessOf, type Readiness } from './readiness';
import type { Session } from './session';

/** Whether an object is ready, and why not. */
export interface State {
  readonly readiness: Readiness['state'];
  /** Empty when it is ready. */
  readonly reasons: readonly string[];
}

/** Reads the state of an object and, where it is not ready, of its pods and their events. */
export async function stateOf(session: Session, object: KubernetesObject): Promise<State> {
  const shown = statefulSetOf(object) ?? object;
  const live = await session.live(shown);
  if (live === undefined) {
    const why = shown === object ? 'is not there' : `its operator has not made ${nameOf(shown)} yet`;
    return { readiness: 'unready', reasons: [why] };
  }
  const { state, why } =
    live.kind === 'SeldonDeployment' ? modelReadiness(live, await deploymentsOf(session, live)) : readinessOf(live);
  if (state === 'ready') return { readiness: state, reasons: [] };
  const causes = await causesOf(session, live);
  return { readiness: state, reasons: [causes.length === 0 ? why : `${why}: ${causes.join('; ')}`] };
}

/**
 * The StatefulSet of a monitoring server, whose state stands in for the server's: Alertmanager has no status in this
 * version (prometheus-operator v0.62.0, pkg/{prometheus,alertmanager}/statefulset.go, prefixedName).
 */
function statefulSetOf({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject | undefined {
  if (!apiVersion.startsWith('monitoring.coreos.com/') || !['Prometheus', 'Alertmanager'].includes(kind))
    return undefined;
  const name = `${kind.toLowerCase()}-${metadata.name}`;
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: metadata.namespace } };
}

/** The Deployments that Seldon has created for a model. */
async function deploymentsOf(session: Session, model: LiveObject): Promise<LiveObject[]> {
  const path = `/apis/apps/v1/namespaces/${model.metadata.namespace ?? ''}/deployments`;
  // Members of a list carry no kind.
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
  const found = await visible<LiveObject>(session, path, { labelSelector: modelSelector(model) });
  return found.map((live) => ({ ...live, ...kind }));
}

/** Why the pods of a workload do not start. */
async function causesOf(session: Session, live: LiveObject): Promise<string[]> {
  const { namespace } = live.metadata;
  const selector = podSelectorOf(live);
  if (namespace === undefined || selector === undefined) return [];
  const path = `/api/v1/namespaces/${namespace}`;
  const pods = await visible<LiveObject>(session, `${path}/pods`, { labelSelector: selector });
  return diagnose(live, pods, await visible<Event>(session, `${path}/events`, { limit: '500' }));
}

/** Members of a list; none where the user may not read it. */
async function visible<T>(session: Session, path: string, query: Record<string, string>): Promise<T[]> {
  try {
    return ((await session.send('GET', path, { query })) as { readonly items: T[] }).items;
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return [];
    throw error;
  }
}

function podSelectorOf(live: LiveObject): string | undefined {
  if (live.kind === 'SeldonDeployment') return modelSelector(live);
  const { selector } = (live.spec ?? {}) as { selector?: { matchLabels?: Readonly<Record<string, string>> } };
  if (selector?.matchLabels === undefined) return undefined;
  return Object.entries(selector.matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
