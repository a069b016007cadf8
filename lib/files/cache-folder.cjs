'use strict';

// Plain JavaScript, because cli/launch.cjs needs it before anything is compiled.

const { accessSync, constants, existsSync, lstatSync, mkdirSync, statSync } = require('node:fs');
const { devNull, homedir, tmpdir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');

const user = process.getuid?.();

module.exports.cacheFolderOf = (root) => {
  const places = [beside(join(root, 'node_modules')), ...[xdgCache(), temporary()].map(ownPlace)];
  // A read-only folder may have been filled when the project was installed. Without any safe folder nothing is found,
  // and the first write reports that.
  const place = places.find((each) => canBeWritten(each) && isSafe(each)) ?? places.find(isSafe);
  return place?.path ?? join(devNull, 'mlops-infra');
};

/** As safe as the programs next to it, which their owner could change too. */
const beside = (modules) => ({
  path: join(modules, '.cache/mlops-infra'),
  owners: [user, 0, attempt(() => statSync(modules).uid)],
  closed: 0o002,
});

/** Created with access for this user only. */
const ownPlace = (path) => ({ path, owners: [user], closed: 0o022, mode: 0o700 });

/**
 * XDG Base Directory Specification 0.8: without the variable, or with a relative path in it, the folder is ~/.cache.
 */
function xdgCache() {
  const { XDG_CACHE_HOME = '' } = process.env;
  // A user without a name has no home, and a home may not exist.
  const base = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(attempt(homedir) ?? devNull, '.cache');
  return join(base, 'mlops-infra');
}

const temporary = () => join(tmpdir(), `mlops-infra-${user ?? 'cache'}`);

/** Whether the folder exists now and can be written. */
const canBeWritten = ({ path, mode }) =>
  attempt(() => {
    makeFolder(path, mode);
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  }) ?? false;

/** One folder at a time: `mkdirSync` with `recursive` never returns below /proc (make-folder.ts). */
function makeFolder(path, mode) {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  attempt(() => mkdirSync(path, { mode }));
}

/** Whether only its owners can write there. A link is not safe: it could lead elsewhere the next time. */
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
