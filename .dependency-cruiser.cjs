'use strict';

// Which room may import from which: `npm run lint` fails on an arrow against the direction, and on a circle. Imports of
// types count too: what a room has to know of another one is the same, whether or not it is left at run time.

/** Imports that a room may make are those of its own, of packages, and of these rooms. */
const rooms = {
  lib: ['lib', 'imports'],
  charts: ['charts', 'lib', 'imports', 'programs/credentials'],
  cluster: ['cluster', 'lib', 'programs/credentials'],
  programs: ['programs', 'lib/graph'],
  cli: ['cli', 'charts', 'cluster', 'lib'],
};

const within = (names) => `^(${names.join('|')})/`;

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, others]) => ({
      name: `${room}-imports`,
      comment: `${room}/ may import from ${others.join(', ')}`,
      severity: 'error',
      from: { path: `^${room}/` },
      to: { pathNot: within(others), dependencyTypesNot: ['core', 'npm', 'npm-dev', 'npm-optional'] },
    })),
    {
      name: 'no-circle',
      comment: 'two files that need each other are one, or share a third',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
