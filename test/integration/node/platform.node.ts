import { givenToTests } from './given';
import { changeTests } from './suites/changes';
import { closedTests } from './suites/closed';
import { faultTests } from './suites/faults';
import { gatewayTests } from './suites/gateway';
import { loopTests } from './suites/loop';
import { mistakeTests } from './suites/mistakes';
import { policyTests } from './suites/policies';
import { readyTests } from './suites/ready';
import { removalTests } from './suites/removal';

// The whole platform as pods, each step on top of the one before.

const given = givenToTests();

describe('network policies', () => policyTests(given));
describe('a platform on an empty cluster', () => readyTests(given));
describe('the way of a model', () => loopTests(given));
describe('closed doors', () => closedTests(given));
describe('the gateway', () => gatewayTests(given));
describe('faults', () => faultTests(given));
describe('changes', () => changeTests(given));
describe('mistakes', () => mistakeTests(given));
describe('removal', () => removalTests(given));
