import { setTimeout as sleep } from 'node:timers/promises';

/** The time that a piece of work may take, and the wish to stop it earlier. */
export class TimeLimit {
  private readonly end: number;

  constructor(
    milliseconds: number,
    readonly stop: AbortSignal,
  ) {
    this.end = performance.now() + milliseconds;
  }

  /** Whether nothing more may be begun. */
  get over(): boolean {
    return this.stop.aborted || this.left === 0;
  }

  /** Milliseconds. */
  get left(): number {
    return Math.max(0, this.end - performance.now());
  }

  /** Waits, but never longer than there is time, nor after the wish to stop. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(Math.min(milliseconds, this.left), undefined, { signal: this.stop }).catch(() => undefined);
  }
}
