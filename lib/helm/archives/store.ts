import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../files/make-folder';
import { projectRoot } from '../../project';
import { type LockedChart, LockError, readLock, recordInLock } from './lock';

/** What identifies an archive. */
export interface ChartArchivePin {
  readonly name: string;
  readonly version: string;
}

/** Where archives are, and the file that says which ones they must be. */
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

/** What the lock says about this version of a chart, and nothing if it only knows another one. */
export function lockedChart(pin: ChartArchivePin, store: ChartStore): LockedChart | undefined {
  const entry = readLock(store.lockFile)[pin.name];
  return entry?.version === pin.version ? entry : undefined;
}

/** Synthesis uses an archive that is `here` and no other. */
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
 * Absolute path of the archive of a chart, whose bytes are the ones that the lock records. Never asks a network.
 *
 * Throws an error that names the chart and the file if there is no archive, if the lock does not know it, and, with
 * both digests, if it is another one. What helps is `gettingCharts`.
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

/** What to do about archives that are missing, not recorded or changed. */
export const gettingCharts =
  'Run: npm run charts -- pull (or, where there is no network, npm run charts -- import FOLDER)';

/** Why synthesis cannot use the archives of these charts, one line for each. Throws a `LockError` if none can be judged. */
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
  return [...new Set(problems)]; // Several releases may be of one chart.
}

/**
 * Moves an archive into the store. The first one of a version is recorded in the lock; another one for the same
 * version is refused with both digests. Gives whether it was recorded.
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
  digestOfFile(archivePath(pin, store)); // What cannot be read there, such as a folder, cannot be replaced either.
  // In this order: whatever is in the folder under its final name is in the lock.
  if (locked === undefined) recordInLock(store.lockFile, pin.name, { version: pin.version, source, sha256 });
  renameSync(file, archivePath(pin, store));
  return locked === undefined;
}

/** Runs `action` with a folder inside `parent` that is gone afterwards, also when the process exits before. */
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

/** Sha256 in hexadecimal; nothing if there is no such file. Throws an error that names what cannot be read. */
export function digestOfFile(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw new Error(`${path}: cannot be read: ${(error as Error).message} (remove it, or make it a file of yours)`);
  }
}
