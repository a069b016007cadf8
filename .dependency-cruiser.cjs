'use strict';

// Allowed imports between top-level folders: `npm run lint` fails on any other import, and on cycles. Imports of types
// count: they are dependencies too, even though they vanish at run time.

/** What each folder may import from, beside packages. */
const folders = {
  lib: ['lib', 'imports'],
  charts: ['charts', 'lib', 'imports', 'programs/credentials'],
  cluster: ['cluster', 'lib', 'programs/credentials'],
  programs: ['programs', 'lib/graph'],
  cli: ['cli', 'charts', 'cluster', 'lib'],
};

const within = (names) => `^(${names.join('|')})/`;

module.exports = {
  forbidden: [
    ...Object.entries(folders).map(([folder, others]) => ({
      name: `${folder}-imports`,
      comment: `${folder}/ may import from ${others.join(', ')}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { pathNot: within(others), dependencyTypesNot: ['core', 'npm', 'npm-dev', 'npm-optional'] },
    })),
    {
      name: 'no-cycle',
      comment: 'merge two files that need each other, or move what both need to a third',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'synthesis-without-cluster',
      comment: 'a synthesis talks to no cluster',
      severity: 'error',
      from: { path: '^main\\.ts$' },
      to: { path: '^cluster/', reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
