import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../files/make-folder';

/** File name → content. */
export type Contents = ReadonlyMap<string, string>;

/** What a synthesis may have written before, and so what may be replaced without asking. */
const ownName = /^\d\d-[^/]+\.yaml$/;

/**
 * Makes `folder` hold exactly these files: written beside it, then swapped in by renaming. A run that is killed leaves
 * the folder as it was; a folder that already holds the same is not touched. Gives whether anything changed. Throws
 * when the folder holds anything but manifests of an earlier run: with a mistyped name that would be lost.
 *
 * Between the two renames of the swap the folder has no name for a moment. Killing the run does not stop it there; for
 * a power cut see `recoverFolder`.
 */
export function writeFolder(folder: string, contents: Contents): boolean {
  try {
    return replaceFolder(folder, contents);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(`${folder}: cannot be written: ${(error as Error).message}. Nothing was written.`);
  }
}

function replaceFolder(folder: string, contents: Contents): boolean {
  recoverFolder(folder);
  makeFolder(dirname(folder));
  removeLeftovers(folder);
  if (holds(folder, contents)) return false;
  refuseForeign(folder);

  const previous = previousOf(folder);
  const next = beside(folder, `new-${process.pid}`);
  try {
    mkdirSync(next);
    for (const [name, content] of contents) writeFileSync(join(next, name), content);
    swap(folder, previous, next);
  } finally {
    recoverFolder(folder);
    rmSync(next, { recursive: true, force: true });
    rmSync(previous, { recursive: true, force: true });
  }
  return true;
}

/**
 * Puts `next` in the place of `folder`, and that beside it. Node.js cannot exchange two folders in one step, so a shell
 * makes the two renames: it finishes them even when this process is killed. What it could not do, or where there is no
 * shell, Node.js does.
 */
function swap(folder: string, previous: string, next: string): void {
  // Without -T a second run that is faster would find its folder moved into the other's.
  const script = 'mv -T -- "$1" "$2" && mv -T -- "$3" "$1"';
  if (existsSync(folder)) spawnSync('sh', ['-c', script, 'swap', folder, previous, next]);
  if (!existsSync(next)) return;
  if (existsSync(folder)) renameSync(folder, previous);
  renameSync(next, folder);
}

/** Gives a folder its name back that was taken away in the middle of a swap. */
export function recoverFolder(folder: string): void {
  const previous = previousOf(folder);
  if (!existsSync(folder) && existsSync(previous)) renameSync(previous, folder);
}

const beside = (folder: string, suffix: string): string => join(dirname(folder), `.${basename(folder)}.${suffix}`);

const previousOf = (folder: string): string => beside(folder, 'old');

function holds(folder: string, contents: Contents): boolean {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const names = readdirSync(folder);
  return names.length === contents.size && names.every((name) => readIfFile(join(folder, name)) === contents.get(name));
}

function readIfFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function refuseForeign(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) {
    throw new Error(`${folder}: is a file, not a folder. Nothing was written.\nGive a folder with --out.`);
  }
  const entries = readdirSync(folder, { withFileTypes: true });
  const foreign = entries.filter((entry) => !entry.isFile() || !ownName.test(entry.name)).map(({ name }) => name);
  if (foreign.length === 0) return;
  const named = `${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ''}`;
  throw new Error(
    `${folder}: holds what no synthesis has written (${named}), and would be replaced as a whole. Nothing was written.\n` +
      'Give an empty or a new folder with --out, or remove them first.',
  );
}

/** What killed runs have left beside the folder. A run that is still at work is left alone. */
function removeLeftovers(folder: string): void {
  if (existsSync(folder)) rmSync(previousOf(folder), { recursive: true, force: true });
  const prefix = basename(beside(folder, 'new-'));
  for (const entry of readdirSync(dirname(folder))) {
    if (!entry.startsWith(prefix) || isAtWork(Number(entry.slice(prefix.length)))) continue;
    rmSync(join(dirname(folder), entry), { recursive: true, force: true });
  }
}

function isAtWork(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0); // Signal 0 only asks.
  } catch {
    return false;
  }
}
