'use strict';

// `npm run test:node` starts this for each file in a network of its own: test/integration/node/run.ts.
const { jest } = require('../../../package.json');

module.exports = {
  ...jest,
  rootDir: '../../..',
  testMatch: ['<rootDir>/test/integration/node/**/*.node.ts'],
  testTimeout: 600_000,
  maxWorkers: 1,
  forceExit: true, // a node that came up too late would keep it alive
};
