import type { KubernetesObject } from '../../lib/kubernetes-object';
import type { Loose } from '../support/config';
import type { ControlPlane } from './control-plane';

const node = 'node';
let addresses = 0;

/** Of the block for benchmarks (RFC 2544): it leads nowhere, and the API server takes no loopback address of a pod. */
function nextAddress(): string {
  addresses += 1;
  return `198.18.${addresses >> 8}.${addresses & 255}`;
}

/** Adds a node that pods can be on. Nothing runs there. */
export async function joinNode(cluster: ControlPlane): Promise<void> {
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': node };
  const manifest = { apiVersion: 'v1', kind: 'Node', metadata: { name: node, labels } };
  await succeed(cluster, ['create', '-f', '-'], manifest);
  const status = {
    addresses: [{ type: 'InternalIP', address: nextAddress() }],
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  await succeed(cluster, ['patch', 'node', node, '--subresource=status', '--patch', JSON.stringify({ status })]);
  // A new node is tainted as not ready.
  await succeed(cluster, ['patch', 'node', node, '--patch', JSON.stringify({ spec: { taints: null } })]);
}

/**
 * Puts every waiting pod on the node, and says of it that it runs and is ready, as scheduler and kubelet would sooner or
 * later in a healthy cluster: then Deployments become available and Services get endpoints. Pods that are to end do so at
 * once. No container is started.
 */
export async function reportReadyPods(cluster: ControlPlane): Promise<void> {
  const { items } = await cluster.json<{ items: KubernetesObject[] }>('get', 'pods', '--all-namespaces');
  for (const { metadata } of items.filter((pod) => 'deletionTimestamp' in pod.metadata)) {
    const { name, namespace = '' } = metadata;
    await succeed(cluster, ['delete', 'pod', name, '--namespace', namespace, '--force', '--ignore-not-found']);
  }
  for (const { metadata, spec } of items.filter(({ status }) => (status as Loose).phase === 'Pending')) {
    const { name, namespace = '' } = metadata;
    const { containers, nodeName } = spec as { containers: { name: string; image: string }[]; nodeName?: string };
    if (nodeName === undefined) {
      const target = { apiVersion: 'v1', kind: 'Node', name: node };
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`;
      await succeed(cluster, ['create', '--raw', path, '-f', '-'], binding);
    }
    const ip = nextAddress();
    const now = new Date().toISOString();
    const status = {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      startTime: now,
      conditions: ['Ready', 'ContainersReady', 'Initialized'].map((type) => ({ type, status: 'True' })),
      containerStatuses: containers.map((container) => ({
        name: container.name,
        image: container.image,
        imageID: container.image,
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      })),
    };
    const patch = ['--subresource=status', '--patch', JSON.stringify({ status })];
    await succeed(cluster, ['patch', 'pod', name, '--namespace', namespace, ...patch]);
  }
}

async function succeed(cluster: ControlPlane, args: readonly string[], input?: object): Promise<void> {
  const { code, stderr } = await cluster.kubectl(args, { input: JSON.stringify(input) });
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
}
