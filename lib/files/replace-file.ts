import { renameSync, rmSync, writeFileSync, type WriteFileOptions } from 'node:fs';

/** Writes a file atomically: readers find either the old content or the new one. */
export function replaceFile(path: string, content: string | Uint8Array, options?: WriteFileOptions): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, content, options);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
