import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readLockFile } from '../files/lock-file';

/**
 * Reference with a tag, in full (`docker.io/library/node:24`) → `sha256:…` of what the tag meant when it was locked. The
 * reference is the authors', whatever the mirror, or that of an image which the user chose.
 */
export type ImageDigests = Readonly<Record<string, string>>;

/** The only kind of digest that registries use (opencontainers/image-spec, descriptor.md). */
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

export const imageLockName = 'images.lock.json';

/** Path of the lock for a config: beside it. Configs in one folder share it. */
export const imageLockOf = (configFile: string): string => join(dirname(configFile), imageLockName);

/** The locked digests; undefined where there is no lock. Throws a `LockError` where the file contains anything else. */
export const readImageLock = (path: string): ImageDigests | undefined =>
  readLockFile({
    path,
    of: 'images',
    entry: z.string().regex(digestPattern, 'must be sha256: and 64 hexadecimal digits'),
    without: 'then the manifests name images by tag alone, until npm run images -- lock writes a new one.',
  });

/** What a new look at the registries would change in a lock. */
export interface LockChanges {
  /** References that the lock does not have yet. */
  readonly added: readonly string[];
  /** References whose tag means something else now. */
  readonly moved: readonly string[];
}

/** Compares a lock with what the tags mean now. */
export function changesOf(locked: ImageDigests, now: ImageDigests): LockChanges {
  const references = Object.keys(now).sort();
  return {
    added: references.filter((reference) => locked[reference] === undefined),
    moved: references.filter((reference) => ![undefined, now[reference]].includes(locked[reference])),
  };
}
