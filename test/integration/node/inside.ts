import { codes, runTests } from './jest';
import { NotToBeHad, prepare } from './prepare';
import { noNode } from './trial';

// Started by `run.ts`: brings what a node and its images are made of, and runs the tests in a network of their own.

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  try {
    const reason = noNode();
    if (reason !== undefined) throw new NotToBeHad(reason);
    return runTests(['unshare', '--net'], await prepare(say));
  } catch (error) {
    const { message } = error as Error;
    const skipped = error instanceof NotToBeHad;
    say(skipped ? `Skipped, test:node: ${message}` : message);
    return skipped ? codes.notToBeHad : 1;
  }
}

void main().then((code) => process.exit(code));
