'use strict';

// `npm run test:loop`. One file at a time, because each starts several programs.
const { jest } = require('../../../package.json');

module.exports = {
  ...jest,
  rootDir: '../../..',
  // Includes the alert rules, which `npm test` skips without promtool.
  testMatch: ['<rootDir>/test/integration/loop/**/*.loop.ts', '<rootDir>/test/charts/prometheus/alerts/rules.test.ts'],
  globalSetup: '<rootDir>/test/integration/loop/setup.ts',
  globalTeardown: '<rootDir>/test/integration/loop/teardown.ts',
  testTimeout: 300_000,
  maxWorkers: 1,
};
