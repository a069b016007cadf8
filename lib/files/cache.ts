import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { asCommitted } from './read-text';
import { replaceFile } from './replace-file';

/** Days after which an unused entry is removed. */
const keptDays = 30;

/**
 * Results on disk, keyed by the content of all their inputs, so an entry is never out of date. A damaged entry counts
 * as missing. The first write removes entries that have not been used for 30 days.
 */
export class ContentCache {
  private pruned = false;

  constructor(private readonly folder: string) {}

  static key(...parts: readonly string[]): string {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(`${part.length}:`).update(part);
    return hash.digest('hex');
  }

  get(key: string): unknown {
    try {
      const [digest = '', content = ''] = readFileSync(this.path(key), 'utf8').split('\n');
      if (digest !== ContentCache.key(content)) return undefined;
      this.markUsed(key);
      return JSON.parse(content);
    } catch {
      return undefined;
    }
  }

  /** Best effort: a full or read-only disk costs time, but never fails the synthesis. */
  set(key: string, value: unknown): void {
    const content = JSON.stringify(value);
    try {
      mkdirSync(this.folder, { recursive: true });
      replaceFile(this.path(key), `${ContentCache.key(content)}\n${content}`);
      this.prune();
    } catch {
      // Rendered again the next time.
    }
  }

  private markUsed(key: string): void {
    try {
      utimesSync(this.path(key), new Date(), new Date());
    } catch {
      // Whoever can write a read-only cache also prunes it.
    }
  }

  private prune(): void {
    if (this.pruned) return;
    this.pruned = true;
    const oldest = Date.now() - keptDays * 24 * 60 * 60 * 1000;
    for (const name of readdirSync(this.folder)) {
      const { mtimeMs } = statSync(this.path(name), { throwIfNoEntry: false }) ?? { mtimeMs: oldest };
      if (mtimeMs < oldest) rmSync(this.path(name), { force: true });
    }
  }

  private path(key: string): string {
    return join(this.folder, key);
  }
}

/** Digest of a file, or of the names and contents of all files below a folder, as committed to git. Follows links. */
export function digestOf(path: string): string {
  return statSync(path).isDirectory()
    ? digestOfFolder(path)
    : createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Digest of the names and contents of all files below a folder, as committed to git. Follows links. */
export function digestOfFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const path of filesBelow(folder)) {
    const content = asCommitted(readFileSync(join(folder, path)));
    hash.update(`${path}:${content.length}:`).update(content);
  }
  return hash.digest('hex');
}

/** Paths of all files below a folder, in a fixed order. Follows links. */
export function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix))
    .sort()
    .flatMap((name) => {
      const path = join(prefix, name);
      return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, path) : [path];
    });
}
