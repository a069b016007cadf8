import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../replace-file';

/**
 * Results on disk, found by the content of everything they depend on, so that an entry is never out of date.
 * A damaged entry counts as missing.
 */
export class ContentCache {
  constructor(private readonly folder: string) {}

  static key(...parts: readonly string[]): string {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(`${part.length}:`).update(part);
    return hash.digest('hex');
  }

  get(key: string): unknown {
    try {
      const [digest = '', content = ''] = readFileSync(this.path(key), 'utf8').split('\n');
      return digest === ContentCache.key(content) ? JSON.parse(content) : undefined;
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
    } catch {
      // Rendered again the next time.
    }
  }

  private path(key: string): string {
    return join(this.folder, key);
  }
}

/** Digest of a file, or of the names and contents of every file below a folder, links followed. */
export function digestOf(path: string): string {
  return statSync(path).isDirectory() ? digestOfFolder(path) : createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Digest of names and contents of every file below a folder, links followed. */
export function digestOfFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const path of filesBelow(folder)) {
    const content = readFileSync(join(folder, path));
    hash.update(`${path}:${content.length}:`).update(content);
  }
  return hash.digest('hex');
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix))
    .sort()
    .flatMap((name) => {
      const path = join(prefix, name);
      return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, path) : [path];
    });
}
