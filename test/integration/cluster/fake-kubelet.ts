import { ClusterApi } from '../../../cluster/api/api';
import type { LiveObject } from '../../../lib/kubernetes/live-object';
import { openProxy, type Proxy } from '../../../cluster/api/kubectl';

/** What a status must say for an object to be ready, as its controllers would write it. */
function readyStatus({ kind, metadata, spec = {} }: LiveObject): object | undefined {
  const { replicas = 1 } = spec as { replicas?: number };
  const observedGeneration = metadata.generation;
  const all = { replicas, readyReplicas: replicas, updatedReplicas: replicas, availableReplicas: replicas };
  switch (kind) {
    case 'Deployment':
      return { observedGeneration, ...all };
    case 'StatefulSet':
      return { observedGeneration, ...all, currentRevision: '1', updateRevision: '1' };
    case 'DaemonSet':
      return {
        ...{ observedGeneration, currentNumberScheduled: 1, numberMisscheduled: 0, desiredNumberScheduled: 1 },
        ...{ numberReady: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
      };
    case 'Job': {
      const time = new Date().toISOString().replace(/\.\d+/, '');
      const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: time,
      }));
      return { startTime: time, completionTime: time, succeeded: 1, conditions };
    }
    case 'SeldonDeployment':
      return { state: 'Available' };
    default:
      return undefined;
  }
}

/** Lists of what has a status that somebody must write. */
const lists = [
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/daemonsets',
  '/apis/batch/v1/jobs',
  '/apis/monitoring.coreos.com/v1/prometheuses',
  '/apis/monitoring.coreos.com/v1/alertmanagers',
  '/apis/machinelearning.seldon.io/v1/seldondeployments',
];

/** Stands in for controllers, operators and nodes: whatever is applied is ready soon after. */
export class FakeKubelet {
  private running = true;
  private readonly api: ClusterApi;
  private readonly loop: Promise<void>;

  private constructor(private readonly proxy: Proxy) {
    this.api = new ClusterApi(proxy.socket);
    this.loop = this.run();
  }

  static async start(kubeconfig: string): Promise<FakeKubelet> {
    return new FakeKubelet(await openProxy({ kubeconfig }));
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
    this.api.close();
    this.proxy.close();
  }

  private async run(): Promise<void> {
    while (this.running) {
      for (const list of lists) await this.readyAll(list).catch(() => undefined); // The next round sees to it.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  private async readyAll(list: string): Promise<void> {
    const found = (await this.api.find(list)) as unknown as { kind: string; items: LiveObject[] } | undefined;
    for (const item of found?.items ?? []) {
      await this.makeReady(list, { ...item, kind: found?.kind.replace(/List$/, '') ?? '' });
    }
  }

  private async makeReady(list: string, item: LiveObject): Promise<void> {
    const { name, namespace = '' } = item.metadata;
    if (item.kind === 'Prometheus' || item.kind === 'Alertmanager') {
      await this.makeServer(`${item.kind.toLowerCase()}-${name}`, namespace);
      return;
    }
    const status = readyStatus(item);
    if (status === undefined || isSame(item.status, status)) return;
    const path = `${list.replace(/[^/]+$/, `namespaces/${namespace}/$&`)}/${name}`;
    // Seldon's definition has a status subresource, as the built-in kinds do.
    const options = { body: { status }, contentType: 'application/merge-patch+json' };
    await this.api.send('PATCH', `${path}/status`, options);
  }

  /** What the Prometheus operator makes of its custom resources. */
  private async makeServer(name: string, namespace: string): Promise<void> {
    const labels = { app: name };
    const containers = [{ name: 'main', image: 'registry.example.org/none:1' }];
    const template = { metadata: { labels }, spec: { containers } };
    const body = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, namespace },
      spec: { serviceName: name, selector: { matchLabels: labels }, template },
    };
    const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
    if ((await this.api.find(`${path}/${name}`)) === undefined) await this.api.send('POST', path, { body });
  }
}

function isSame(actual: unknown, wanted: object): boolean {
  const { conditions, ...fields } = wanted as Record<string, unknown>;
  const now = (actual ?? {}) as Record<string, unknown>;
  if (conditions !== undefined) return now.completionTime !== undefined;
  return Object.entries(fields).every(([key, value]) => now[key] === value);
}
