import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
      return JSON.parse(readFileSync(this.path(key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** Best effort: a full or read-only disk costs speed, never the synthesis. */
  set(key: string, value: unknown): void {
    const temporary = `${this.path(key)}.${process.pid}`;
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(temporary, JSON.stringify(value));
      renameSync(temporary, this.path(key));
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  private path(key: string): string {
    return join(this.folder, `${key}.json`);
  }
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
