'use strict';

// Allowed imports between folders: `npm run lint` fails on any other import, and on cycles. Imports of types count: they
// are dependencies too, even though they vanish at run time.

/** What each top-level folder may import from, beside packages. */
const folders = {
  lib: ['lib', 'imports'],
  charts: ['charts', 'lib', 'imports', 'programs/credentials'],
  cluster: ['cluster', 'lib', 'programs/credentials'],
  programs: ['programs', 'lib/graph'],
  cli: ['cli', 'charts', 'cluster', 'lib'],
};

const within = (names) => `^(${names.join('|')})/`;

/** The folders of lib/ and cluster/, from the bottom to the top: each imports only from those before it. */
const order = {
  lib: [
    'files', // on the disk of this machine
    '[^/]+$', // files of lib/ itself: where the project is, the text of its programs, tasks at a time
    'schema', // the shape of values and of objects
    'kubernetes', // one object, and what can be read off it
    'images',
    'upkeep', // release lines, and which of them still get fixes
    'helm/[^/]+$', // charts and their rendering
    'helm/archives', // how the original charts get here; a synthesis does without
    'config/[^/]+$',
    'config/sections',
    'config/rules',
    'graph', // what services are built of
    'output', // all objects of a platform, in files
    'checks', // rules over the output
    'network', // who talks to whom, and the policies that follow
    'service', // what a service declares, for all of these
  ],
  cluster: ['api', 'deploy', 'doctor', 'secrets'],
};

const levels = (folder, names) => `^${folder}/(${names.map((name) => name.replace(/\w$/, '$&/')).join('|')})`;

module.exports = {
  forbidden: [
    ...Object.entries(folders).map(([folder, others]) => ({
      name: `${folder}-imports`,
      comment: `${folder}/ may import from ${others.join(', ')}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { pathNot: within(others), dependencyTypesNot: ['core', 'npm', 'npm-dev', 'npm-optional'] },
    })),
    ...Object.entries(order).flatMap(([folder, names]) => [
      ...names.map((name, index) => ({
        name: `${folder}-order`,
        comment: 'move what both need to the lower folder: the order is in .dependency-cruiser.cjs',
        severity: 'error',
        from: { path: levels(folder, [name]) },
        to: { path: `^${folder}/`, pathNot: levels(folder, names.slice(0, index + 1)) },
      })),
      {
        name: `${folder}-order-complete`,
        comment: 'give a new folder its place in the order in .dependency-cruiser.cjs',
        severity: 'error',
        from: { path: `^${folder}/`, pathNot: levels(folder, names) },
        to: {},
      },
    ]),
    {
      name: 'no-cycle',
      comment: 'merge two files that need each other, or move what both need to a third',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-folder-cycle',
      comment:
        'two folders that need each other, such as two services: move what both need, or let platform.ts hand it over',
      severity: 'error',
      scope: 'folder',
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
