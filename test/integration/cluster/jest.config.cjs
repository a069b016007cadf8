'use strict';

// `npm run test:cluster`. Each file has an API server of its own; two at a time, because each waits half of its time.
const { jest } = require('../../../package.json');

module.exports = {
  ...jest,
  rootDir: '../../..',
  testMatch: ['<rootDir>/test/integration/cluster/**/*.cluster.ts'],
  globalSetup: '<rootDir>/test/integration/cluster/setup.ts',
  globalTeardown: '<rootDir>/test/integration/cluster/teardown.ts',
  testTimeout: 300_000,
  maxWorkers: 2,
};
