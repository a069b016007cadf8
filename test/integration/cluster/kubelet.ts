import { inParallel } from '../../../cluster/api/api';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import type { Loose } from '../../support/config';
import type { ControlPlane } from './control-plane';

const node = 'node';
const mergePatch = 'application/merge-patch+json';
let addresses = 0;

/** Of the block for benchmarks (RFC 2544): it leads nowhere, and the API server takes no loopback address of a pod. */
function nextAddress(): string {
  addresses += 1;
  return `198.18.${addresses >> 8}.${addresses & 255}`;
}

/** Adds a node that pods can be on. Nothing runs there. */
export async function joinNode({ api }: ControlPlane): Promise<void> {
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': node };
  const manifest = { apiVersion: 'v1', kind: 'Node', metadata: { name: node, labels } };
  await api.must('POST', '/api/v1/nodes', { body: manifest });
  const status = {
    addresses: [{ type: 'InternalIP', address: nextAddress() }],
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  await api.must('PATCH', `/api/v1/nodes/${node}/status`, { body: { status }, contentType: mergePatch });
  // A new node is tainted as not ready.
  await api.must('PATCH', `/api/v1/nodes/${node}`, { body: { spec: { taints: null } }, contentType: mergePatch });
}

/**
 * Puts every waiting pod on the node, and says of it that it runs and is ready, as scheduler and kubelet would sooner or
 * later in a healthy cluster: then Deployments become available and Services get endpoints. Pods that are to end do so at
 * once. No container is started.
 */
export async function reportReadyPods({ api }: ControlPlane): Promise<void> {
  const { items } = await api.must<{ items: KubernetesObject[] }>('GET', '/api/v1/pods');
  await inParallel(items, async ({ metadata, spec, status }) => {
    const path = `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`;
    // One that its owner has taken away meanwhile is nobody's concern.
    const tell = async (method: string, of: string, body: object, contentType?: string): Promise<void> => {
      const answer = await api.send(method, of, { body, contentType });
      if (answer.status >= 300 && answer.status !== 404) throw new Error(`${of}: ${JSON.stringify(answer.body)}`);
    };
    if ('deletionTimestamp' in metadata) return tell('DELETE', path, { gracePeriodSeconds: 0 });
    if ((status as Loose).phase !== 'Pending') return undefined;
    const { containers, nodeName } = spec as { containers: { name: string; image: string }[]; nodeName?: string };
    if (nodeName === undefined) {
      const target = { apiVersion: 'v1', kind: 'Node', name: node };
      await tell('POST', `${path}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata, target });
    }
    return tell('PATCH', `${path}/status`, { status: running(containers) }, mergePatch);
  });
}

function running(containers: readonly { readonly name: string; readonly image: string }[]): object {
  const ip = nextAddress();
  const now = new Date().toISOString();
  return {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    startTime: now,
    conditions: ['Ready', 'ContainersReady', 'Initialized'].map((type) => ({ type, status: 'True' })),
    containerStatuses: containers.map(({ name, image }) => ({
      ...{ name, image, imageID: image, ready: true, restartCount: 0 },
      state: { running: { startedAt: now } },
    })),
  };
}
