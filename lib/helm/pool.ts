/** Tasks in the order in which they come, and at most so many at a time. */
export class Pool {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    // The next starts before whoever waits for this one goes on, which may take long.
    return task().finally(() => {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    });
  }
}
