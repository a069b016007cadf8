import { ApiError, type ClusterApi, type LiveObject, type RequestOptions } from '../api/api';
import type { TimeLimit } from '../api/time-limit';
import { objectPath, type Kind, type Kinds } from '../api/kinds';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import type { Lock } from './lock';
import { DeployError, Interrupted, type Progress } from './progress';

/** Milliseconds that a request may take when the time is over, to say at least what is missing. */
const lastLook = 5_000;

/** What every step of a deploy works with. */
export class Session {
  /** What keeps other deploys out; undefined before it is taken, and in a dry run. */
  lock?: Pick<Lock, 'left'>;

  constructor(
    readonly api: ClusterApi,
    readonly kinds: Kinds,
    readonly timeLimit: TimeLimit,
    readonly progress: Progress,
  ) {}

  /** An object as it is in the cluster; undefined where it, its kind or its namespace is not there. */
  async live(object: KubernetesObject): Promise<LiveObject | undefined> {
    const kind = await this.persist(() => this.kinds.of(object));
    return kind === undefined ? undefined : this.get(kind, object.metadata.namespace, object.metadata.name);
  }

  get(kind: Kind, namespace: string | undefined, name: string): Promise<LiveObject | undefined> {
    return this.persist(() => this.api.get(objectPath(kind, namespace, name), this.options));
  }

  send(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    return this.persist(() => this.api.send(method, path, { ...options, ...this.options }));
  }

  /** A request that changes the cluster, tried once: never sent, nor waited for, when another deploy may have the lock. */
  async write(method: string, path: string, options: RequestOptions): Promise<unknown> {
    const left = this.lock?.left;
    if (left === 0) throw new ApiError(0, 'the lock could not be renewed in time, and without it nothing is changed');
    const { signal } = this.options;
    const held = left === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(left))]);
    return this.api.send(method, path, { ...options, signal: held });
  }

  /** Ends a request when the deploy is to stop, or has no time left; the last look may take a few seconds more. */
  get options(): { readonly signal: AbortSignal } {
    const { stop, left } = this.timeLimit;
    return { signal: AbortSignal.any([stop, AbortSignal.timeout(Math.max(lastLook, Math.ceil(left)))]) };
  }

  /** Tries again what may pass by itself, until there is no time left. */
  async persist<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        const result = await attempt();
        if (tries > 0) this.progress.waiting([]);
        return result;
      } catch (error) {
        this.throwIfStopped();
        if (!(error instanceof ApiError) || !error.transient) throw error;
        if (this.timeLimit.over) throw new DeployError('The time is over.', [trouble(error)]);
        this.progress.waiting([trouble(error)]);
        await this.pause(tries);
      }
    }
  }

  /** Waits before another look: soon at first, every few seconds later. */
  async pause(tries: number): Promise<void> {
    await this.timeLimit.pause(Math.min(5000, 500 * 1.5 ** tries));
    this.throwIfStopped();
  }

  throwIfStopped(): void {
    const { stop } = this.timeLimit;
    if (stop.aborted) throw stop.reason instanceof DeployError ? stop.reason : new Interrupted();
  }
}

const trouble = (error: ApiError): string =>
  error.unreachable
    ? `the API server cannot be reached: ${error.message}`
    : `the API server is in trouble: ${error.message}`;

/** Something that is not yet as it must be, with the reasons. */
export interface Wait {
  readonly object: KubernetesObject;
  readonly reasons: readonly string[];
}

/** Waits as lines: objects that wait for the same are told in one. */
export function describeWaits(waits: readonly Wait[]): string[] {
  const byReason = new Map<string, KubernetesObject[]>();
  for (const { object, reasons } of waits) {
    for (const reason of reasons) byReason.set(reason, [...(byReason.get(reason) ?? []), object]);
  }
  return [...byReason].map(([reason, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return first === undefined ? reason : `${nameOf(first)}${more}: ${reason}`;
  });
}
