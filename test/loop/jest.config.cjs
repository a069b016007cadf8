'use strict';

// `npm run test:loop`. One file at a time: each starts programs of its own.
const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  rootDir: '../..',
  // The alert rules too: what `npm test` skips of them where there is no promtool.
  testMatch: ['<rootDir>/test/loop/**/*.loop.ts', '<rootDir>/test/alerts/rules.test.ts'],
  globalSetup: '<rootDir>/test/loop/setup.ts',
  globalTeardown: '<rootDir>/test/loop/teardown.ts',
  testTimeout: 300_000,
  maxWorkers: 1,
};
