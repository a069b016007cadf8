import { givenToTests, kubeconfigVariable } from './given';
import { prepared } from './prepare';
import { upgradeTests } from './suites/upgrade';

// A platform of before, and the present one over it.

const before =
  process.env[kubeconfigVariable] === undefined ? prepared().before : { missing: 'only on a node of these tests' };

if ('missing' in before) test.skip(`an upgrade (skipped: ${before.missing})`, () => undefined);
else {
  const given = givenToTests();
  describe('an upgrade', () => upgradeTests(given, before.folder));
}
