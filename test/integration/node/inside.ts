import { codes, runTests } from './jest';
import { notCovered } from './not-covered';
import { NotToBeHad, passedOn, prepare } from './prepare';
import { noNode } from './trial';

// Started by `run.ts`: brings what a node and its images are made of, and runs each file of tests in a network of its own.

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  try {
    const reason = await noNode();
    if (reason !== undefined) throw new NotToBeHad(reason);
    const brought = await prepare(say);
    const code = runTests(['unshare', '--net'], passedOn(brought));
    const lines = notCovered(brought).map((line) => `  - ${line}\n`);
    say(`\nNot covered by test:node:\n${lines.join('')}`);
    return code;
  } catch (error) {
    const { message } = error as Error;
    const skipped = error instanceof NotToBeHad;
    say(skipped ? `Skipped, test:node: ${message}` : message);
    return skipped ? codes.notToBeHad : 1;
  }
}

void main().then((code) => process.exit(code));
