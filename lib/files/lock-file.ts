import { basename } from 'node:path';
import { z } from 'zod';
import { asCommitted } from './read-text';
import { readForeign } from './readable';
import { replaceFile } from './replace-file';

/** A lock file: a JSON object that records what names stood for when they were first seen. */
export interface LockFile<Entry> {
  readonly path: string;
  /** What it locks, as in `not a lock of Helm charts`. */
  readonly of: string;
  readonly entry: z.ZodType<Entry>;
  /** What happens without the file, for the error message. */
  readonly without: string;
}

/** The file is no lock. Nothing can be checked against it, and only the user can tell what it should say. */
export class LockError extends Error {}

/**
 * The entries of a lock; undefined where there is no such file. Throws a `LockError` that names the file where it
 * contains anything else.
 */
export function readLockFile<Entry>(file: LockFile<Entry>): Readonly<Record<string, Entry>> | undefined {
  const { path, of, entry, without } = file;
  let text: string;
  try {
    text = asCommitted(readForeign(path)).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LockError(`${path}: cannot be read: ${(error as Error).message}`);
  }
  try {
    return z.record(z.string(), entry).parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new LockError(
      `${path}: not a lock of ${of} (${reason}). ` +
        `Restore it if you have committed it (git restore ${basename(path)}); if not, delete it: ${without}`,
    );
  }
}

/** Writes a lock atomically, sorted by name. */
export function writeLockFile(path: string, entries: Readonly<Record<string, unknown>>): void {
  const sorted = Object.fromEntries(Object.entries(entries).sort(([left], [right]) => (left < right ? -1 : 1)));
  replaceFile(path, `${JSON.stringify(sorted, null, 2)}\n`);
}
