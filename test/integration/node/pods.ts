import type { Cluster } from './cluster';

interface State {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: { readonly reason?: string; readonly exitCode: number };
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state: State;
  readonly lastState: State;
}

interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string; readonly kind: string }[];
  };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly volumes?: readonly {
      readonly persistentVolumeClaim?: { readonly claimName: string };
      readonly projected?: {
        readonly sources?: readonly { readonly serviceAccountToken?: { readonly audience?: string } }[];
      };
    }[];
    readonly containers: readonly { readonly name: string; readonly resources?: Resources }[];
  };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
      readonly lastTransitionTime: string;
    }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** A pod of the cluster as it is at a moment. */
export class PodView {
  constructor(
    private readonly cluster: Cluster,
    readonly object: PodObject,
  ) {}

  get name(): string {
    return `${this.namespace}/${this.object.metadata.name}`;
  }

  get namespace(): string {
    return this.object.metadata.namespace;
  }

  /** Its name without what differs between replicas. */
  get workload(): string {
    return this.name.replace(/(-[0-9a-f]{6,10})?-[0-9a-z]{5}$/, '');
  }

  /** ID of what makes another one in its place; undefined for what runs once. */
  get owner(): string | undefined {
    return this.object.metadata.ownerReferences?.find(({ kind }) => kind !== 'Job')?.uid;
  }

  /** Claims whose volumes it has. */
  get claims(): string[] {
    return (this.object.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
  }

  /** Whether it has a token for the API server itself. */
  get hasToken(): boolean {
    const sources = (this.object.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
    return sources.some(({ serviceAccountToken: token }) => token !== undefined && token.audience === undefined);
  }

  /** The containers that have been started, those that prepare first. */
  get containers(): readonly ContainerStatus[] {
    const { initContainerStatuses = [], containerStatuses = [] } = this.object.status;
    return [...initContainerStatuses, ...containerStatuses];
  }

  private condition(type: string) {
    return this.object.status.conditions?.find((condition) => condition.type === type);
  }

  get ready(): boolean {
    return this.condition('Ready')?.status === 'True';
  }

  /** Nothing is left to wait for: ready, or done. */
  get fine(): boolean {
    return this.ready || this.object.status.phase === 'Succeeded';
  }

  /** Seconds from its creation until it was ready. */
  get readyAfter(): number {
    const since = (time: string | undefined): number => Date.parse(time ?? '') / 1000;
    return since(this.condition('Ready')?.lastTransitionTime) - since(this.object.metadata.creationTimestamp);
  }

  get restarts(): number {
    return this.containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
  }

  /** Containers that the kernel has ended because they wanted more memory than their limit. */
  get killedForMemory(): string[] {
    return this.containers
      .filter(({ state, lastState }) => [state, lastState].some(({ terminated }) => terminated?.reason === 'OOMKilled'))
      .map(({ name }) => name);
  }

  /** Why it is not ready, with the end of the logs of the containers that are in the way. */
  async describe(): Promise<string> {
    const scheduled = this.condition('PodScheduled');
    const lines = [
      `${this.name}: ${this.object.status.phase} ${scheduled?.message ?? this.object.status.message ?? ''}`,
    ];
    for (const container of this.containers) {
      const { name, ready, restartCount, state, lastState } = container;
      if (ready || (state.terminated?.exitCode === 0 && restartCount === 0)) continue;
      const why = state.waiting?.reason ?? state.terminated?.reason ?? 'runs, and is not ready';
      const before = lastState.terminated;
      const ended = before === undefined ? '' : `; ended before with ${before.exitCode} (${before.reason ?? ''})`;
      lines.push(`  ${name}: ${why} ${state.waiting?.message ?? ''}, ${restartCount} restarts${ended}`);
      lines.push(
        ...(await this.logs(name, before !== undefined && state.running === undefined)).map((line) => `    ${line}`),
      );
    }
    return lines.join('\n');
  }

  /** The last lines of a container's log. @param previous of the one before the restart */
  async logs(container: string, previous = false, lines = 12): Promise<string[]> {
    const { namespace, name } = this.object.metadata;
    const flags = ['--tail', String(lines), ...(previous ? ['--previous'] : [])];
    const said = await this.cluster
      .kubectl(['logs', '-n', namespace, name, '-c', container, ...flags])
      .catch((error: unknown) => String(error));
    return said.trimEnd().split('\n');
  }
}

/** Every pod of a cluster. */
export async function viewsOf(cluster: Cluster): Promise<PodView[]> {
  const { items } = (await cluster.proxy.get('/api/v1/pods')) as { items: PodObject[] };
  return items.map((object) => new PodView(cluster, object));
}
