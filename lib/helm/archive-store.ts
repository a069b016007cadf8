import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolder } from '../files/make-folder';
import { readForeign } from '../files/readable';
import { projectRoot } from '../project';
import { LockError } from '../files/lock-file';
import { type LockedChart, readLock, recordInLock } from './archive-lock';

/** Identifies an archive. */
export interface ChartArchivePin {
  readonly name: string;
  readonly version: string;
}

/** The folder of archives, and the lock that records their digests. */
export interface ChartStore {
  readonly folder: string;
  readonly lockFile: string;
}

/** The store of this project: `MLOPS_CHARTS` or `.charts`, and `charts.lock.json`. */
export const projectStore = (): ChartStore => ({
  folder: resolve(process.env.MLOPS_CHARTS || join(projectRoot, '.charts')),
  lockFile: join(projectRoot, 'charts.lock.json'),
});

export const archivePath = (pin: ChartArchivePin, { folder }: ChartStore): string =>
  join(folder, `${pin.name}-${pin.version}.tgz`);

/** The lock's entry for this version of a chart; undefined where it has none, or another version. */
export function lockedChart(pin: ChartArchivePin, store: ChartStore): LockedChart | undefined {
  const entry = readLock(store.lockFile)[pin.name];
  return entry?.version === pin.version ? entry : undefined;
}

/** State of an archive. A synthesis uses it only when it is `here`. */
export type ChartState =
  | ('here' | 'here, not locked' | 'here, but not as locked' | 'here, but no file that can be read')
  | ('locked, not here' | 'not here');

export function chartState(pin: ChartArchivePin, store: ChartStore = projectStore()): ChartState {
  const locked = lockedChart(pin, store);
  let sha256: string | undefined;
  try {
    sha256 = digestOfFile(archivePath(pin, store));
  } catch {
    return 'here, but no file that can be read';
  }
  if (sha256 === undefined) return locked === undefined ? 'not here' : 'locked, not here';
  if (locked === undefined) return 'here, not locked';
  return locked.sha256 === sha256 ? 'here' : 'here, but not as locked';
}

/**
 * Absolute path of a chart's archive, after its digest was compared with the lock. Needs no network.
 *
 * Throws an error that names the chart and the file where the archive is missing, is not in the lock or, with both
 * digests, differs from it. `gettingCharts` is the remedy.
 */
export function chartArchive(pin: ChartArchivePin, store: ChartStore = projectStore()): string {
  const locked = lockedChart(pin, store);
  const path = archivePath(pin, store);
  const chart = `${pin.name} ${pin.version}`;
  const sha256 = digestOfFile(path);
  if (sha256 === undefined) throw new Error(`${chart}: no archive ${path}`);
  if (locked === undefined) throw new Error(`${chart}: ${path} is not in ${store.lockFile}`);
  if (locked.sha256 !== sha256) {
    throw new Error(`${chart}: ${path} has sha256 ${sha256}, ${store.lockFile} says ${locked.sha256}`);
  }
  return path;
}

/** Remedy for archives that are missing, not in the lock, or different. */
export const gettingCharts =
  'Run: npm run charts -- pull (or, where there is no network, npm run charts -- import FOLDER)';

/**
 * Why a synthesis cannot use the archives of these charts, one line per chart. Throws a `LockError` where the lock
 * cannot be read.
 */
export function archiveProblems(pins: Iterable<ChartArchivePin>, store: ChartStore = projectStore()): string[] {
  const problems = [...pins].flatMap((pin) => {
    try {
      chartArchive(pin, store);
      return [];
    } catch (error) {
      if (error instanceof LockError) throw error;
      return [(error as Error).message];
    }
  });
  return [...new Set(problems)]; // Several releases may use one chart.
}

/**
 * Moves an archive into the store. The first archive of a version is recorded in the lock; a different one is rejected
 * with both digests. Returns whether the lock has a new entry.
 *
 * @param file a file on the same disk as the store, see `withTemporaryFolder`
 */
export function keepArchive(file: string, pin: ChartArchivePin, source: string, store: ChartStore): boolean {
  const sha256 = digestOfFile(file) ?? '';
  const locked = lockedChart(pin, store);
  if (locked !== undefined && locked.sha256 !== sha256) {
    throw new Error(
      `the archive has sha256 ${sha256}, ${store.lockFile} says ${locked.sha256} (from ${locked.source}): refused. ` +
        'If you know why it changed and trust it, delete its entry from the lock and try again',
    );
  }
  digestOfFile(archivePath(pin, store)); // Throws for what cannot be replaced, such as a folder.
  // Locked first, so that every archive under its final name is in the lock.
  if (locked === undefined) recordInLock(store.lockFile, pin.name, { version: pin.version, source, sha256 });
  renameSync(file, archivePath(pin, store));
  return locked === undefined;
}

/** Runs `action` with a folder inside `parent` that is removed afterwards, even when the process exits early. */
export async function withTemporaryFolder<T>(parent: string, action: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeTemporaryFolder(parent);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await action(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function makeTemporaryFolder(parent: string): string {
  try {
    makeFolder(parent);
    return mkdtempSync(join(parent, '.partial-'));
  } catch (error) {
    const variable = parent === tmpdir() ? 'TMPDIR' : 'MLOPS_CHARTS';
    throw new Error(`${parent}: cannot be written: ${(error as Error).message}. Name another folder in ${variable}`);
  }
}

/**
 * SHA-256 in hexadecimal; undefined where there is no such file. Throws an error that names a file that cannot be read.
 */
export function digestOfFile(path: string): string | undefined {
  try {
    return createHash('sha256').update(readForeign(path)).digest('hex');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw new Error(`${path}: cannot be read: ${(error as Error).message} (remove it, or make it a file of yours)`);
  }
}
