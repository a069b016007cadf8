import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterApi } from '../api/api';
import { ApiError } from '../api/api-error';
import { liveObject } from '../api/live';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import type { TimeLimit } from '../api/time-limit';
import { stopwatch } from '../api/elapsed';
import { platformLabel } from '../../lib/kubernetes/labels';
import { DeployError, type Progress } from './progress';

/** Seconds for which a lock is valid without being renewed. */
const leaseSeconds = 20;
const renewEvery = 5_000;
const retryEvery = 1_000;
/** Milliseconds before its expiry at which we stop relying on the lock: requests sent by then must have arrived. */
const margin = 5_000;

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
}

/** Namespace of lock and inventory. It exists before the platform's namespaces, and nobody removes it. */
export const recordsNamespace = 'default';

/** Name of both the lock and the inventory of a platform. */
export const recordName = (platform: string): string => `mlops-infra-${platform}`;

const leaseKind = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
const collection = `/apis/coordination.k8s.io/v1/namespaces/${recordsNamespace}/leases`;

/** Excludes concurrent deploys of the same platform with a Lease, which is renewed as long as this program runs. */
export class Lock {
  /** Aborted when another deploy owns the lock, or when that cannot be excluded. */
  readonly lost: AbortSignal;
  private readonly losing = new AbortController();
  private readonly ended = new AbortController();
  private renewing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly api: ClusterApi,
    private readonly path: string,
    private readonly holder: string,
    private lease: LiveObject,
    /** Milliseconds since the last successful renewal was sent. */
    private age: () => number,
  ) {
    this.lost = this.losing.signal;
  }

  /**
   * Takes the lock. Waits for a lock to expire if its holder no longer renews it; throws a `DeployError` with the
   * holder's name if it does.
   */
  static async take(api: ClusterApi, platform: string, timeLimit: TimeLimit, progress: Progress): Promise<Lock> {
    const name = recordName(platform);
    const path = `${collection}/${name}`;
    const holder = `${userInfo().username}@${hostname()}, process ${process.pid}, ${randomBytes(3).toString('hex')}`;
    const signal = timeLimit.stop;
    let renewed: string | undefined;
    for (;;) {
      const found = await api.get(path, leaseKind, { signal });
      const free = found === undefined || expiry(found) <= api.now().getTime();
      if (free) {
        const age = stopwatch();
        const lease = await write(
          api,
          path,
          leaseOf(name, platform, holder, api.now(), found),
          found === undefined,
          signal,
        );
        if (lease !== undefined) {
          if (found !== undefined)
            progress.note(`took over the lock of ${specOf(found).holderIdentity ?? '?'}, which expired`);
          progress.waiting([]);
          return new Lock(api, path, holder, lease, age).keep();
        }
        continue;
      }
      const { holderIdentity = '?', acquireTime = '?', renewTime } = specOf(found);
      const text = `another deploy of ${platform} is running: ${holderIdentity}, since ${acquireTime}`;
      if ((renewed !== undefined && renewed !== renewTime) || timeLimit.over) {
        throw new DeployError(`${text}. Nothing was changed. Wait until it has ended, then run this again.`);
      }
      renewed = renewTime;
      const seconds = Math.ceil((expiry(found) - api.now().getTime()) / 1000);
      progress.waiting([`${text}; if it has died, its lock ends in ${seconds} s`]);
      await timeLimit.pause(1000);
    }
  }

  /**
   * Milliseconds for which no other deploy can take the lock. 0 after too long without a renewal, because of the
   * network or because this computer slept; positive again after a renewal shows that nobody has taken it.
   */
  get left(): number {
    return this.lost.aborted ? 0 : Math.max(0, leaseSeconds * 1000 - margin - this.age());
  }

  /** Releases the lock, so that the next deploy need not wait. */
  async release(): Promise<void> {
    this.ended.abort();
    await this.renewing;
    if (this.lost.aborted) return;
    const { uid, resourceVersion } = this.lease.metadata;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    await this.api.send('DELETE', this.path, { body, signal: AbortSignal.timeout(5000) }).catch(() => undefined); // It expires by itself.
  }

  private keep(): this {
    this.renewing = this.renew();
    return this;
  }

  private async renew(): Promise<void> {
    const { signal } = this.ended;
    let pause = renewEvery;
    while (!this.lost.aborted) {
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (!(await this.renewOnce())) this.losing.abort();
        pause = renewEvery;
      } catch (error) {
        // Other clients may still reach the API server. Until the next renewal, `left` keeps us from writing.
        if (!(error instanceof ApiError && error.transient)) this.losing.abort();
        pause = retryEvery;
      }
    }
  }

  /** False when another deploy owns the lock. */
  private async renewOnce(): Promise<boolean> {
    // Not aborted with the lock: otherwise it would be unknown which version of the Lease to delete.
    const answered = AbortSignal.timeout(renewEvery);
    do {
      const age = stopwatch();
      const spec = { ...specOf(this.lease), renewTime: microTime(this.api.now()) };
      const lease = await write(this.api, this.path, { ...this.lease, spec }, false, answered);
      if (lease === undefined) continue;
      [this.lease, this.age] = [lease, age];
      return true;
    } while (await this.isStillOurs(answered));
    return false;
  }

  /** When an answer was lost, the Lease may be newer than we know, and still ours. */
  private async isStillOurs(signal: AbortSignal): Promise<boolean> {
    const found = await this.api.get(this.path, leaseKind, { signal });
    if (found === undefined || specOf(found).holderIdentity !== this.holder) return false;
    this.lease = found;
    return true;
  }
}

const specOf = (lease: LiveObject): LeaseSpec => lease.spec ?? {};

/** Expiry in milliseconds since the epoch. A Lease without times has expired. */
function expiry(lease: LiveObject): number {
  const { renewTime, leaseDurationSeconds = leaseSeconds, holderIdentity = '' } = specOf(lease);
  const time = Date.parse(renewTime ?? '');
  return holderIdentity === '' || !Number.isFinite(time) ? 0 : time + leaseDurationSeconds * 1000;
}

/** The format of the API's MicroTime. */
const microTime = (time: Date): string => time.toISOString().replace('Z', '000Z');

function leaseOf(name: string, platform: string, holder: string, now: Date, found?: LiveObject): LiveObject {
  const time = microTime(now);
  return {
    ...leaseKind,
    metadata: {
      name,
      namespace: recordsNamespace,
      labels: { 'app.kubernetes.io/managed-by': 'mlops-infra', [platformLabel]: platform },
      resourceVersion: found?.metadata.resourceVersion,
    },
    spec: { holderIdentity: holder, leaseDurationSeconds: leaseSeconds, acquireTime: time, renewTime: time },
  };
}

/** Undefined when another client was faster. */
async function write(
  api: ClusterApi,
  path: string,
  body: LiveObject,
  create: boolean,
  signal: AbortSignal,
): Promise<LiveObject | undefined> {
  try {
    const [method, target] = create ? ['POST', collection] : ['PUT', path];
    return liveObject(await api.send(method, target, { body, signal }), leaseKind, `${method} ${target}`);
  } catch (error) {
    if (error instanceof ApiError && (error.code === 409 || (error.code === 404 && !create))) return undefined;
    throw error;
  }
}
