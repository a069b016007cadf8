'use strict';

// `npm run test:loop`. One file at a time: each starts programs of its own.
const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/loop/**/*.loop.ts'],
  globalSetup: '<rootDir>/test/loop/setup.ts',
  globalTeardown: '<rootDir>/test/loop/teardown.ts',
  testTimeout: 300_000,
  maxWorkers: 1,
};
