import { type Given, kubeconfigVariable, start } from './given';
import { prepared } from './prepare';
import { upgradeTests } from './suites/upgrade';

// A platform of before, and the present one over it.

const before =
  process.env[kubeconfigVariable] === undefined ? prepared().before : { missing: 'only on a node of these tests' };

if ('missing' in before) test.skip(`an upgrade (skipped: ${before.missing})`, () => undefined);
else {
  let given: Given | undefined;

  beforeAll(async () => {
    given = await start();
  }, 600_000);
  afterEach(() => given?.check());
  afterAll(async () => {
    await given?.stop();
  });

  const theGiven = (): Given => {
    if (given === undefined) throw new Error('there is no cluster');
    return given;
  };
  describe('an upgrade', () => upgradeTests(theGiven, before.folder));
}
