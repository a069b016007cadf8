import { z } from 'zod';
import { readLockFile, writeLockFile } from '../files/lock-file';

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

const entry = z.strictObject({ version: z.string(), source: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** Reads the lock; empty where there is no such file. Throws a `LockError` where it contains anything else. */
export const readLock = (path: string): ChartLock =>
  readLockFile({
    path,
    of: 'Helm charts',
    entry,
    without: 'the next pull or import trusts what it finds, and records that.',
  }) ?? {};

/** Adds or replaces one entry, atomically. */
export function recordInLock(path: string, name: string, chart: LockedChart): void {
  writeLockFile(path, { ...readLock(path), [name]: chart });
}
