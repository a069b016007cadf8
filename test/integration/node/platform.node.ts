import { type Given, start } from './given';
import { loopTests } from './suites/loop';
import { readyTests } from './suites/ready';

// The whole platform as pods, each step on top of the one before.

let given: Given;

beforeAll(async () => {
  given = await start();
}, 240_000);
afterAll(async () => {
  await given?.stop();
});

describe('a platform on an empty cluster', () => readyTests(() => given));
describe('the way of a model', () => loopTests(() => given));
