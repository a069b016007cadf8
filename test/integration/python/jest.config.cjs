'use strict';

// `npm run test:python`. The files run side by side: each waits for a linter or for a program under test.
const { jest } = require('../../../package.json');

module.exports = {
  ...jest,
  rootDir: '../../..',
  testMatch: ['<rootDir>/test/integration/python/**/*.python.ts'],
  globalSetup: '<rootDir>/test/integration/python/setup.ts',
  testTimeout: 1_800_000,
};
