'use strict';

// `npm run test:loop`. One file at a time: each starts programs of its own.
const { jest } = require('../../../package.json');

module.exports = {
  ...jest,
  rootDir: '../../..',
  // The alert rules too: what `npm test` skips of them where there is no promtool.
  testMatch: ['<rootDir>/test/integration/loop/**/*.loop.ts', '<rootDir>/test/charts/alerts/rules.test.ts'],
  globalSetup: '<rootDir>/test/integration/loop/setup.ts',
  globalTeardown: '<rootDir>/test/integration/loop/teardown.ts',
  testTimeout: 300_000,
  maxWorkers: 1,
};
