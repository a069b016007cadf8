import { setTimeout as sleep } from 'node:timers/promises';

/** The time that an operation may take, with a signal to stop it earlier. */
export class TimeLimit {
  private readonly end: number;

  constructor(
    milliseconds: number,
    readonly stop: AbortSignal,
  ) {
    this.end = performance.now() + milliseconds;
  }

  /** Whether no further step may begin. */
  get over(): boolean {
    return this.stop.aborted || this.left === 0;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return Math.max(0, this.end - performance.now());
  }

  /** Sleeps, but no longer than the remaining time, and not after the signal. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(Math.min(milliseconds, this.left), undefined, { signal: this.stop }).catch(() => undefined);
  }
}
