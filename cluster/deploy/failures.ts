import { stopwatch } from '../api/elapsed';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import type { Readiness } from '../../lib/kubernetes/readiness';

/** Milliseconds: twice the time in which another replica of an operator takes over, and a dozen of its retries. */
const patience = 60_000;

/** Distinguishes failures from states that an operator is still retrying: those count when they persist. */
export class Failures {
  private readonly since = new Map<KubernetesObject, () => number>();

  /** @param state the object's current state */
  isFinal(object: KubernetesObject, state: Readiness['state']): boolean {
    if (state !== 'failing') {
      this.since.delete(object);
      return state === 'failed';
    }
    const age = this.since.get(object) ?? stopwatch();
    this.since.set(object, age);
    return age() >= patience;
  }
}
