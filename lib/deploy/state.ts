import { ApiError, type LiveObject } from '../cluster/api';
import { nameOf, type KubernetesObject } from '../kubernetes-object';
import { diagnose, type Event } from './diagnosis';
import { readinessOf, type Readiness } from './readiness';
import type { Session } from './session';

/** How far an object has come, and why not further. */
export interface State {
  readonly readiness: Readiness['state'];
  /** Empty when it is ready. */
  readonly reasons: readonly string[];
}

/** Looks at an object, and where it is not ready at its pods and their events. */
export async function stateOf(session: Session, object: KubernetesObject): Promise<State> {
  const shown = statefulSetOf(object) ?? object;
  const live = await session.live(shown);
  if (live === undefined) {
    const why = shown === object ? 'is not there' : `its operator has not made ${nameOf(shown)} yet`;
    return { readiness: 'unready', reasons: [why] };
  }
  const { state, why } = readinessOf(live);
  if (state === 'ready') return { readiness: state, reasons: [] };
  const causes = await causesOf(session, live);
  return { readiness: state, reasons: [causes.length === 0 ? why : `${why}: ${causes.join('; ')}`] };
}

/**
 * The StatefulSet whose state is that of a monitoring server: Alertmanager has none in this version
 * (prometheus-operator v0.62.0, pkg/{prometheus,alertmanager}/statefulset.go, prefixedName).
 */
function statefulSetOf({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject | undefined {
  if (!apiVersion.startsWith('monitoring.coreos.com/') || !['Prometheus', 'Alertmanager'].includes(kind))
    return undefined;
  const name = `${kind.toLowerCase()}-${metadata.name}`;
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: metadata.namespace } };
}

/** Why the pods of a workload do not start; nothing where the user may not look. */
async function causesOf(session: Session, live: LiveObject): Promise<string[]> {
  const { namespace } = live.metadata;
  const selector = podSelectorOf(live);
  if (namespace === undefined || selector === undefined) return [];
  const list = async (resource: string, query: Record<string, string>): Promise<unknown[]> => {
    const answer = await session.send('GET', `/api/v1/namespaces/${namespace}/${resource}`, { query });
    return (answer as { readonly items: unknown[] }).items;
  };
  try {
    const pods = (await list('pods', { labelSelector: selector })) as LiveObject[];
    return diagnose(live, pods, (await list('events', { limit: '500' })) as Event[]);
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return [];
    throw error;
  }
}

function podSelectorOf({ kind, metadata, spec }: LiveObject): string | undefined {
  // Label of the pods of a model: seldon-core 1.16.0, operator/controllers/labels.go.
  if (kind === 'SeldonDeployment') return `seldon-deployment-id=${metadata.name}`;
  const { selector } = (spec ?? {}) as { selector?: { matchLabels?: Readonly<Record<string, string>> } };
  if (selector?.matchLabels === undefined) return undefined;
  return Object.entries(selector.matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
