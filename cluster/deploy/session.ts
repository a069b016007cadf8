import { type ClusterApi, type RequestOptions } from '../api/api';
import { ApiError } from '../api/api-error';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import type { TimeLimit } from '../api/time-limit';
import { objectKind, objectPath, type Kind, type Kinds } from '../api/kinds';
import type { CustomResources } from '../../lib/kubernetes/custom-resource';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import type { Lock } from './lock';
import { DeployError, Interrupted, type Progress } from './progress';

/** Milliseconds that a last request may take when the time is over, to report what is missing. */
const lastLook = 5_000;

/** Shared by every step of a deploy. */
export class Session {
  /** Excludes other deploys; undefined before it is taken, and in a dry run. */
  lock?: Pick<Lock, 'left'>;

  constructor(
    readonly api: ClusterApi,
    readonly kinds: Kinds,
    readonly timeLimit: TimeLimit,
    readonly progress: Progress,
    readonly customResources: CustomResources,
  ) {}

  /** The object as it is in the cluster; undefined where it, its kind or its namespace does not exist. */
  async live(object: KubernetesObject): Promise<LiveObject | undefined> {
    const kind = await this.persist(() => this.kinds.of(object));
    return kind === undefined ? undefined : this.get(kind, object.metadata.namespace, object.metadata.name);
  }

  get(kind: Kind, namespace: string | undefined, name: string): Promise<LiveObject | undefined> {
    return this.persist(() => this.api.get(objectPath(kind, namespace, name), objectKind(kind), this.options));
  }

  send(method: string, path: string, options: RequestOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.persist(() => this.api.send(method, path, { ...options, ...this.options }));
  }

  /**
   * A request that changes the cluster, sent once. It is neither sent nor awaited when another deploy may hold the
   * lock.
   */
  async write(method: string, path: string, options: RequestOptions): Promise<Readonly<Record<string, unknown>>> {
    const left = this.lock?.left;
    if (left === 0) throw new ApiError(0, 'the lock could not be renewed in time, and without it nothing is changed');
    const { signal } = this.options;
    const held = left === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(left))]);
    return this.api.send(method, path, { ...options, signal: held });
  }

  /** Aborts a request when the deploy stops or its time is over; the last request gets a few more seconds. */
  get options(): { readonly signal: AbortSignal } {
    const { stop, left } = this.timeLimit;
    return { signal: AbortSignal.any([stop, AbortSignal.timeout(Math.max(lastLook, Math.ceil(left)))]) };
  }

  /** Retries after transient errors until the time is over. */
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

  /** Waits before the next attempt, longer each time, up to 5 seconds. */
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

/** An object that is not ready, with the reasons. */
export interface Wait {
  readonly object: KubernetesObject;
  readonly reasons: readonly string[];
}

/** Waits as lines; objects with the same reasons share a line. */
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
