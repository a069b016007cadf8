import { readFileSync, statSync } from 'node:fs';

/** Far above every file that is read as a whole, and below what fills the memory. */
const mostMegabytes = 64;

/**
 * Throws where reading a file would never end, as of a pipe or a device, or take more memory than any such file needs.
 * Follows links. What cannot be opened is left to whoever reads it.
 */
export function refuseEndless(path: string, most = mostMegabytes): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return;
  if (!found.isFile()) throw new Error('is a pipe or a device, not a file');
  if (found.size > most * 1e6) throw new Error(`has ${Math.ceil(found.size / 1e6)} MB, and at most ${most} are read`);
}

/** The content of a file that others may have made. Throws the errors of `readFileSync` and those of `refuseEndless`. */
export function readForeign(path: string, most?: number): Buffer {
  refuseEndless(path, most);
  return readFileSync(path);
}
