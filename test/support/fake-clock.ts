import timers from 'node:timers/promises';

interface Sleeper {
  readonly end: number;
  readonly wake: () => void;
}

/**
 * Stands in for `setTimeout` of node:timers/promises, so that no test waits for a pause, and puts `Date.now` and
 * `performance.now` forward by the pauses that it lets pass.
 */
export class FakeClock {
  /** Milliseconds that the clocks are ahead. */
  private ahead = 0;
  private readonly sleepers = new Set<Sleeper>();
  private slept: () => void = () => undefined;
  private readonly spies: readonly jest.SpyInstance[];

  /** @param skipsPauses whether each pause passes at once; otherwise pauses pass with `pass` */
  constructor(private readonly skipsPauses = false) {
    const pause = (milliseconds = 0, _value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      this.sleep(milliseconds, signal);
    this.spies = [
      ...[Date, performance].map((clock) => {
        const now = clock.now.bind(clock);
        return jest.spyOn(clock, 'now').mockImplementation(() => now() + this.ahead);
      }),
      jest.spyOn(timers, 'setTimeout').mockImplementation(pause),
    ];
  }

  /** Waits until somebody pauses. */
  async paused(): Promise<void> {
    if (this.sleepers.size === 0) await new Promise<void>((resolve) => (this.slept = resolve));
  }

  /** Waits until somebody pauses, and lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    await this.paused();
    this.ahead += milliseconds;
    for (const sleeper of this.sleepers) {
      if (sleeper.end > this.ahead) continue;
      this.sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  restore(): void {
    for (const spy of this.spies) spy.mockRestore();
  }

  private async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.skipsPauses) {
      this.ahead += Math.ceil(milliseconds);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const sleeper = { end: this.ahead + milliseconds, wake: resolve };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
      this.slept();
    });
  }
}
