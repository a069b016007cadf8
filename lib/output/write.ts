import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isFolder, makeFolder } from '../files/make-folder';
import { foreignIn, holds, listed, namesIn, type Contents } from './folder';
import { keep } from './keep';

/**
 * Makes these files the only manifests of a synthesis in `folder`, or in what it is a link to: written beside it, then
 * swapped in by renaming. A run that is killed leaves the folder as it was; a folder that already holds the same is not
 * touched. Gives whether anything changed.
 *
 * What else is there stays, see `foreignIn`. Throws where that has the name of a file that is to be written, and where
 * there is nothing else: with a mistyped name the files would be among those of somebody else.
 *
 * Between the two renames of the swap the folder has no name for a moment. Killing the run does not stop it there; for
 * a power cut see `recoverFolder`.
 */
export function writeFolder(folder: string, contents: Contents): boolean {
  try {
    return replaceFolder(folder, contents);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // A mount point, or a folder whose parent is closed: it cannot be exchanged, and what is in it can.
    const advice = /^(EBUSY|EXDEV|EACCES|EPERM|EROFS)$/.test(code) && isWritable(folder);
    throw new Error(
      `${folder}: cannot be written: ${message}. Nothing was written.` +
        (advice ? `\nIt is exchanged as a whole. Give a folder inside it: --out ${join(folder, 'manifests')}` : ''),
    );
  }
}

function replaceFolder(given: string, contents: Contents): boolean {
  const folder = targetOf(given);
  recoverFolder(folder);
  makeFolder(dirname(folder));
  removeLeftovers(folder);
  if (holds(folder, contents)) return false;
  refuse(folder, contents);

  const previous = previousOf(folder);
  const next = beside(folder, `new-${process.pid}`);
  try {
    mkdirSync(next);
    for (const [name, content] of contents) writeFileSync(join(next, name), content);
    for (const name of foreignIn(folder)) keep(join(folder, name), join(next, name));
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
export function recoverFolder(given: string): void {
  const folder = targetOf(given);
  const previous = previousOf(folder);
  if (!existsSync(folder) && existsSync(previous)) renameSync(previous, folder);
}

const beside = (folder: string, suffix: string): string => join(dirname(folder), `.${basename(folder)}.${suffix}`);

const previousOf = (folder: string): string => beside(folder, 'old');

/** Where a link leads, also to what is not there yet. Any other path is its own. */
function targetOf(path: string, links = 40): string {
  if (!isLink(path)) return path;
  if (links === 0) throw new Error(`${path}: is a link that leads to itself. Nothing was written.`);
  return targetOf(resolve(dirname(path), readlinkSync(path)), links - 1);
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // Writing there fails with the reason.
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return isFolder(folder);
  } catch {
    return false;
  }
}

function refuse(folder: string, contents: Contents): void {
  if (!existsSync(folder)) return;
  if (!isFolder(folder)) {
    throw new Error(`${folder}: is a file, not a folder. Nothing was written.\nGive a folder with --out.`);
  }
  const foreign = foreignIn(folder);
  const taken = foreign.filter((name) => contents.has(name));
  if (taken.length > 0) {
    throw new Error(
      `${folder}: ${listed(taken)} would be overwritten, with objects that no synthesis has written. Nothing was ` +
        'written.\nGive your objects a file of another name, and remove what is there under this one.',
    );
  }
  if (foreign.length < namesIn(folder).length || foreign.length === 0) return;
  throw new Error(
    `${folder}: holds nothing that a synthesis has written, but other things (${listed(foreign)}). Nothing was ` +
      'written.\nGive an empty or a new folder with --out.',
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
