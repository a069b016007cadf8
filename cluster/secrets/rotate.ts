import { withCluster } from '../api/connect';
import { Kinds } from '../api/kinds';
import type { ClusterChoice } from '../api/kubectl';
import { TimeLimit } from '../api/time-limit';
import type { CustomResources } from '../../lib/kubernetes/custom-resource';
import { Lock } from '../deploy/lock';
import { DeployError, type Progress } from '../deploy/progress';
import { Session } from '../deploy/session';
import type { Managed } from './managed';
import { Rotation } from './rotation';

export interface RotateOptions extends ClusterChoice {
  /** Name of the platform. */
  readonly platform: string;
  readonly managed: Managed;
  readonly customResources: CustomResources;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** Aborted when the user stops it. */
  readonly stop: AbortSignal;
  readonly progress: Progress;
  /** Asks whether to begin, in the cluster that the progress names. */
  readonly confirm: () => Promise<boolean>;
}

/** Rotates a Secret in a cluster, while no deploy is under way. Throws a `DeployError` for the user. */
export async function rotate(options: RotateOptions): Promise<void> {
  const { progress, managed, customResources } = options;
  await withCluster(options, options.stop, async (api, about) => {
    progress.done(about);
    if (!(await options.confirm())) {
      progress.note('Nothing was changed.');
      return;
    }
    const lost = new AbortController();
    const timeLimit = new TimeLimit(options.timeout, AbortSignal.any([options.stop, lost.signal]));
    const session = new Session(api, new Kinds(api), timeLimit, progress, customResources);
    const lock = await session.persist(() => Lock.take(api, options.platform, timeLimit, progress));
    session.lock = lock;
    lock.lost.addEventListener('abort', () => {
      lost.abort(new DeployError('A deploy has taken the lock over. Run this again when it has ended: it goes on.'));
    });
    try {
      await new Rotation(session, managed, () => api.now()).run();
    } finally {
      await lock.release();
    }
  });
}
