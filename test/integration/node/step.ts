import { kubeconfigVariable } from './given';

/** When to begin no further step, in seconds since 1970: for a CI that ends what takes too long. @default never */
const untilVariable = 'MLOPS_NODE_UNTIL';
const until = Number(process.env[untilVariable] ?? Infinity) * 1000;

/** The step that has not succeeded: it is under way, has failed, or ran out of time. */
let open: string | undefined;

/** Said without a stack, as the failure before it has one. */
class NotTried extends Error {
  constructor(failed: string) {
    super(`not tried, as this has failed before: ${failed}`);
    this.stack = this.message;
  }
}

/** A test on top of those before it: none is tried after one that failed. */
export function step(name: string, run: () => Promise<void>): void {
  test(name, async () => {
    if (open !== undefined) throw new NotTried(open);
    if (Date.now() > until) {
      process.stderr.write(`Not tried, as the time that ${untilVariable} gives is over: ${name}\n`);
      return;
    }
    open = name;
    await run();
    open = undefined;
  });
}

/** A step that breaks or reaches into the node; skipped in a cluster that was there, which is not ours to break. */
export function nodeStep(name: string, run: () => Promise<void>): void {
  if (process.env[kubeconfigVariable] === undefined) step(name, run);
  else test.skip(`${name} (only on a node of these tests)`, run);
}
