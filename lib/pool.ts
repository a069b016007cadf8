/** Runs tasks in order, with a limited number at a time. */
export class Pool {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    // Starts the next task before the caller continues, which may take long.
    return task().finally(() => {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    });
  }
}
