import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/** An error with a message for the user. Every other error is a bug. */
export class Problem extends Error {}

/** The time limit of a run, with a signal to stop it earlier. */
export class Deadline {
  private readonly end: number;

  constructor(
    private readonly seconds: number,
    private readonly stop: AbortSignal,
  ) {
    this.end = Date.now() + seconds * 1000;
  }

  /** Why nothing more may be done; undefined as long as there is time. */
  get over(): string | undefined {
    if (this.stop.aborted) return 'the program was told to stop';
    return this.left > 0 ? undefined : `the deadline of ${this.seconds} s is over`;
  }

  /** Milliseconds until then. */
  get left(): number {
    return Math.max(0, this.end - Date.now());
  }

  /**
   * Waits before another try: longer each time, and not in step with others who try.
   * @param atLeast milliseconds that the server asked for
   * @returns why there will be no other try; undefined if there may be one
   */
  async pause(attempt: number, atLeast = 0): Promise<string | undefined> {
    const backoff = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt) * (0.5 + Math.random() / 2);
    const { left } = this;
    if (left <= atLeast) return this.over ?? `${this.seconds} s are too short for the time that the server asks for`;
    await sleep(Math.min(left, Math.max(atLeast, backoff)), undefined, { signal: this.stop }).catch(() => undefined);
    return this.over;
  }
}
