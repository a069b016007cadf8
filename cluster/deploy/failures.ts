import { stopwatch } from '../api/elapsed';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import type { Readiness } from './readiness';

/** Milliseconds: twice the time in which another copy of an operator takes over, and a dozen of its attempts. */
const patience = 60_000;

/** Tells what has failed from what an operator is still trying: that counts when it stays as it is. */
export class Failures {
  private readonly since = new Map<KubernetesObject, () => number>();

  /** @param state what the object was just found to be */
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
