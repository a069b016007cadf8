import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. Throws the error of the folder that cannot be created. `mkdirSync` with
 * `recursive` would never return below /proc (Node.js 20.20.2): it creates the existing parent again and again.
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isFolder(path)) throw error; // A concurrent run has created it.
  }
}

/** Whether a folder is there. False below a file too, so that the error is the one of the file, whatever the version of Node.js says of the rest. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
