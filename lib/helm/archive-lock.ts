import { z } from 'zod';
import { readText } from '../files/read-text';
import { replaceFile } from '../files/replace-file';

/** An archive as it was first added to the store. */
export interface LockedChart {
  readonly version: string;
  /** Repository of the recorded bytes, or `imported`. */
  readonly source: string;
  /** SHA-256 of the archive, in hexadecimal. */
  readonly sha256: string;
}

/** Chart name → its archive. */
export type ChartLock = Readonly<Record<string, LockedChart>>;

const lockSchema = z.record(
  z.string(),
  z.strictObject({ version: z.string(), source: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
);

/** The lock file is not a lock. No chart can be checked against it, and a pull does not help. */
export class LockError extends Error {}

/**
 * Reads the lock; empty where there is no such file. Throws a `LockError` that names the file where it contains
 * anything else.
 */
export function readLock(file: string): ChartLock {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new LockError(`${file}: cannot be read: ${(error as Error).message}`);
  }
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new LockError(
      `${file}: not a lock of Helm charts (${reason}). ` +
        'Restore it if you have committed it (git restore charts.lock.json); ' +
        'if not, delete it: the next pull or import trusts what it finds, and records that.',
    );
  }
}

/** Adds or replaces one entry, atomically. */
export function recordInLock(file: string, name: string, entry: LockedChart): void {
  const lock = { ...readLock(file), [name]: entry };
  const sorted = Object.fromEntries(Object.entries(lock).sort(([left], [right]) => (left < right ? -1 : 1)));
  replaceFile(file, `${JSON.stringify(sorted, null, 2)}\n`);
}
