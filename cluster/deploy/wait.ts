import type { KubernetesObject } from '../../lib/kubernetes/object';
import { inParallel } from '../api/api';
import { Failures } from './failures';
import { DeployError } from './progress';
import { describeWaits, type Session, type Wait } from './session';
import { stateOf } from './state';

/** Waits until every applied object is ready. Throws a `DeployError` where one has failed, or the time is over. */
export async function untilReady(
  session: Session,
  applied: readonly KubernetesObject[],
  { deed, done }: { readonly deed: string; readonly done: string } = { deed: 'Applied', done: 'everything is ready' },
): Promise<void> {
  const { progress } = session;
  const failures = new Failures();
  let open = applied;
  for (let tries = 0; ; tries += 1) {
    const waits: (Wait & { failed: boolean })[] = [];
    await inParallel(open, async (object) => {
      const { readiness, reasons } = await stateOf(session, object);
      const failed = failures.isFinal(object, readiness);
      if (readiness !== 'ready') waits.push({ object, reasons, failed });
    });
    session.throwIfStopped();
    if (waits.length === 0) break;
    if (waits.some(({ failed }) => failed))
      throw new DeployError(`${deed}, but something has failed:`, describeWaits(waits));
    if (session.timeLimit.over)
      throw new DeployError(`${deed}, but the time is over and not everything is ready:`, describeWaits(waits));
    const stillOpen = new Set(waits.map(({ object }) => object));
    open = open.filter((object) => stillOpen.has(object));
    progress.waiting(describeWaits(waits));
    await session.pause(tries);
  }
  progress.waiting([]);
  progress.done(done);
}
