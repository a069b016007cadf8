'use strict';

// `npm run test:cluster`. Each file has an API server of its own; two at a time, because each waits half of its time.
const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/cluster/**/*.cluster.ts'],
  globalSetup: '<rootDir>/test/cluster/setup.ts',
  globalTeardown: '<rootDir>/test/cluster/teardown.ts',
  testTimeout: 300_000,
  maxWorkers: 2,
};
