import type { LiveObject } from '../../lib/cluster/api';
import type { ControlPlane } from './control-plane';

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
      const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True', lastTransitionTime: time }));
      return { startTime: time, completionTime: time, succeeded: 1, conditions };
    }
    case 'SeldonDeployment':
      return { state: 'Available' };
    default:
      return undefined;
  }
}

/** Stands in for controllers, operators and nodes: whatever is applied is ready soon after. */
export class FakeKubelet {
  private running = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly cluster: ControlPlane) {}

  start(): void {
    this.running = true;
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async run(): Promise<void> {
    const kinds = ['deployments', 'statefulsets', 'daemonsets', 'jobs', 'prometheuses', 'alertmanagers', 'seldondeployments'];
    while (this.running) {
      const { stdout } = await this.cluster.kubectl(['get', kinds.join(','), '-A', '-o', 'json']);
      const { items = [] } = (stdout === '' ? {} : JSON.parse(stdout)) as { items?: LiveObject[] };
      for (const item of items) await this.makeReady(item);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  private async makeReady(item: LiveObject): Promise<void> {
    const { name, namespace = '' } = item.metadata;
    if (item.kind === 'Prometheus' || item.kind === 'Alertmanager') {
      await this.makeServer(`${item.kind.toLowerCase()}-${name}`, namespace);
      return;
    }
    const status = readyStatus(item);
    if (status === undefined || isSame(item.status, status)) return;
    const place = [`${item.kind.toLowerCase()}s`, name, '-n', namespace];
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
    await this.cluster.kubectl(['patch', ...place, ...patch]);
  }

  /** What the Prometheus operator makes of its custom resources. */
  private async makeServer(name: string, namespace: string): Promise<void> {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example.org/none:1' }] } };
    const statefulSet = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, namespace },
      spec: { serviceName: name, selector: { matchLabels: labels }, template },
    };
    await this.cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(statefulSet) });
  }
}

function isSame(actual: unknown, wanted: object): boolean {
  const { conditions, ...fields } = wanted as Record<string, unknown>;
  const now = (actual ?? {}) as Record<string, unknown>;
  if (conditions !== undefined) return now.completionTime !== undefined;
  return Object.entries(fields).every(([key, value]) => now[key] === value);
}
