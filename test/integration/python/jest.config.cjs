'use strict';

// `npm run test:python`. The files run in parallel, because each waits for a linter or another program.
const { jest } = require('../../../package.json');

module.exports = {
  ...jest,
  rootDir: '../../..',
  testMatch: ['<rootDir>/test/integration/python/**/*.python.ts'],
  globalSetup: '<rootDir>/test/integration/python/setup.ts',
  testTimeout: 1_800_000,
};
