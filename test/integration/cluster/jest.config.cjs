'use strict';

// `npm run test:cluster`. Each file starts its own API server; two run at a time, because each waits half of its time.
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
