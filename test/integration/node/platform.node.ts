import { type Given, start } from './given';
import { changeTests } from './suites/changes';
import { faultTests } from './suites/faults';
import { loopTests } from './suites/loop';
import { mistakeTests } from './suites/mistakes';
import { policyTests } from './suites/policies';
import { readyTests } from './suites/ready';
import { removalTests } from './suites/removal';

// The whole platform as pods, each step on top of the one before.

let given: Given | undefined;

const theGiven = (): Given => {
  if (given === undefined) throw new Error('there is no cluster');
  return given;
};

beforeAll(async () => {
  given = await start();
}, 600_000);
afterEach(() => given?.check());
afterAll(async () => {
  await given?.stop();
});

describe('network policies', () => policyTests(theGiven));
describe('a platform on an empty cluster', () => readyTests(theGiven));
describe('the way of a model', () => loopTests(theGiven));
describe('faults', () => faultTests(theGiven));
describe('changes', () => changeTests(theGiven));
describe('mistakes', () => mistakeTests(theGiven));
describe('removal', () => removalTests(theGiven));
