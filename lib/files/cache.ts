import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './replace-file';
import { asCommitted } from '../text';

/** Days after which an entry is removed that nobody has asked for. */
const keptDays = 30;

/**
 * Results on disk, found by the content of everything they depend on, so that an entry is never out of date.
 * A damaged entry counts as missing. Writing the first one removes those that have long not been used.
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

  /** Best effort: a full or read-only disk costs speed, never the synthesis. */
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
      // A cache that is read-only is pruned by whoever writes it.
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

/** Digest of a file, or of the names and contents, as they were committed, of every file below a folder, links followed. */
export function digestOf(path: string): string {
  return statSync(path).isDirectory()
    ? digestOfFolder(path)
    : createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Digest of names and contents, as they were committed, of every file below a folder, links followed. */
export function digestOfFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const path of filesBelow(folder)) {
    const content = asCommitted(readFileSync(join(folder, path)));
    hash.update(`${path}:${content.length}:`).update(content);
  }
  return hash.digest('hex');
}

/** Paths of all files below a folder, links followed, in an order that is always the same. */
export function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix))
    .sort()
    .flatMap((name) => {
      const path = join(prefix, name);
      return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, path) : [path];
    });
}
