import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ClusterApi, type LiveObject } from '../api/api';
import type { TimeLimit } from '../api/time-limit';
import { stopwatch } from '../api/elapsed';
import { platformLabel } from '../../lib/output/collect';
import { DeployError, type Progress } from './progress';

/** How long a lock holds without being renewed, in seconds. */
export const leaseSeconds = 20;
const renewEvery = 5_000;
const retryEvery = 1_000;
/** Milliseconds before others may take it that it counts for nothing here: what was sent by then must have arrived. */
const margin = 5_000;

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
}

/** Where lock and inventory are kept: the namespace that is there before any of the platform's, and that nobody removes. */
export const recordsNamespace = 'default';

/** One name for both records of a platform. */
export const recordName = (platform: string): string => `mlops-infra-${platform}`;

const collection = `/apis/coordination.k8s.io/v1/namespaces/${recordsNamespace}/leases`;

/** Keeps a second deploy of the same platform out: a Lease that is renewed as long as this program runs. */
export class Lock {
  /** Aborted when the lock is somebody else's, or when nobody can say. */
  readonly lost: AbortSignal;
  private readonly losing = new AbortController();
  private readonly ended = new AbortController();
  private renewing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly api: ClusterApi,
    private readonly path: string,
    private readonly holder: string,
    private lease: LiveObject,
    /** Milliseconds since the last renewal that succeeded was sent. */
    private age: () => number,
  ) {
    this.lost = this.losing.signal;
  }

  /**
   * Takes the lock. One that is not renewed is taken over as soon as it expires; one that is renewed meanwhile is not:
   * a `DeployError` then names its holder.
   */
  static async take(api: ClusterApi, platform: string, timeLimit: TimeLimit, progress: Progress): Promise<Lock> {
    const name = recordName(platform);
    const path = `${collection}/${name}`;
    const holder = `${userInfo().username}@${hostname()}, process ${process.pid}, ${randomBytes(3).toString('hex')}`;
    const signal = timeLimit.stop;
    let renewed: string | undefined;
    for (;;) {
      const found = await api.get(path, { signal });
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
   * Milliseconds in which nobody else can have it. It is 0 when it was not renewed for too long, because of the network
   * or because this computer slept, and comes back when it turns out that nobody has taken it meanwhile.
   */
  get left(): number {
    return this.lost.aborted ? 0 : Math.max(0, leaseSeconds * 1000 - margin - this.age());
  }

  /** Gives the lock back, so that the next deploy need not wait. */
  async release(): Promise<void> {
    this.ended.abort();
    await this.renewing;
    if (this.lost.aborted) return;
    const { uid, resourceVersion } = this.lease.metadata;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    await this.api.send('DELETE', this.path, { body, signal: AbortSignal.timeout(5000) }).catch(() => undefined); // It expires.
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
        // Others may reach the API server though we do not: until it is renewed, `left` keeps us from writing.
        if (!(error instanceof ApiError && error.transient)) this.losing.abort();
        pause = retryEvery;
      }
    }
  }

  /** False when it is somebody else's. */
  private async renewOnce(): Promise<boolean> {
    // Not ended with the lock: it would be unknown which version of the Lease is there to be removed.
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

  /** After an answer that got lost the Lease may be newer than we know, and still ours. */
  private async isStillOurs(signal: AbortSignal): Promise<boolean> {
    const found = await this.api.get(this.path, { signal });
    if (found === undefined || specOf(found).holderIdentity !== this.holder) return false;
    this.lease = found;
    return true;
  }
}

const specOf = (lease: LiveObject): LeaseSpec => lease.spec ?? {};

/** Milliseconds. A Lease without times is nobody's. */
function expiry(lease: LiveObject): number {
  const { renewTime, leaseDurationSeconds = leaseSeconds, holderIdentity = '' } = specOf(lease);
  const time = Date.parse(renewTime ?? '');
  return holderIdentity === '' || !Number.isFinite(time) ? 0 : time + leaseDurationSeconds * 1000;
}

/** The API's MicroTime. */
const microTime = (time: Date): string => time.toISOString().replace('Z', '000Z');

function leaseOf(name: string, platform: string, holder: string, now: Date, found?: LiveObject): LiveObject {
  const time = microTime(now);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: recordsNamespace,
      labels: { 'app.kubernetes.io/managed-by': 'mlops-infra', [platformLabel]: platform },
      resourceVersion: found?.metadata.resourceVersion,
    },
    spec: { holderIdentity: holder, leaseDurationSeconds: leaseSeconds, acquireTime: time, renewTime: time },
  };
}

/** Undefined when somebody else was faster. */
async function write(
  api: ClusterApi,
  path: string,
  body: LiveObject,
  create: boolean,
  signal: AbortSignal,
): Promise<LiveObject | undefined> {
  try {
    return (await api.send(create ? 'POST' : 'PUT', create ? collection : path, { body, signal })) as LiveObject;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 409 || (error.code === 404 && !create))) return undefined;
    throw error;
  }
}
