'use strict';

// Plain JavaScript, since cli/fast.cjs asks before anything has been compiled.

const { accessSync, constants, existsSync, lstatSync, mkdirSync, statSync } = require('node:fs');
const { devNull, homedir, tmpdir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');

const user = process.getuid?.();

module.exports.cacheFolderOf = (root) => {
  const places = [beside(join(root, 'node_modules')), ...[xdgCache(), temporary()].map(ownPlace)];
  // One that is read-only may have been filled by whoever installed the project. Where there is nothing safe at all,
  // nothing is found, and what has to be written says so.
  const place = places.find((each) => canBeWritten(each) && isSafe(each)) ?? places.find(isSafe);
  return place?.path ?? join(devNull, 'mlops-infra');
};

/** As safe as the programs beside it: their owner could change those too. */
const beside = (modules) => ({
  path: join(modules, '.cache/mlops-infra'),
  owners: [user, 0, attempt(() => statSync(modules).uid)],
  closed: 0o002,
});

/** Closed to everybody else from the start. */
const ownPlace = (path) => ({ path, owners: [user], closed: 0o022, mode: 0o700 });

/** XDG Base Directory Specification 0.8: without the variable, or with a relative path in it, it is ~/.cache. */
function xdgCache() {
  const { XDG_CACHE_HOME = '' } = process.env;
  // A user without a name has no home, and a home need not be there.
  const base = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(attempt(homedir) ?? devNull, '.cache');
  return join(base, 'mlops-infra');
}

const temporary = () => join(tmpdir(), `mlops-infra-${user ?? 'cache'}`);

/** Whether the folder is there now, and takes files. */
const canBeWritten = ({ path, mode }) =>
  attempt(() => {
    makeFolder(path, mode);
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  }) ?? false;

/** One after the other: `mkdirSync` with `recursive` never ends below /proc (lib/make-folder.ts). */
function makeFolder(path, mode) {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  attempt(() => mkdirSync(path, { mode }));
}

/** Whether nobody but its owners can put something there. A link could lead elsewhere the next time. */
function isSafe({ path, owners, closed }) {
  const found = attempt(() => lstatSync(path));
  if (found?.isDirectory() !== true) return false;
  return user === undefined || (owners.includes(found.uid) && (found.mode & closed) === 0);
}

function attempt(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
