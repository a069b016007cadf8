import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** File name → content. */
export type Contents = ReadonlyMap<string, string>;

/**
 * Makes `folder` hold exactly these files: written beside it, then swapped in by renaming. A run that is killed leaves
 * the folder as it was; a folder that already holds the same is not touched. Gives whether anything changed.
 *
 * Between the two renames of the swap the folder has no name for a moment. A run that is killed just there leaves the
 * whole old folder under `.<name>.old`, and the next run puts it back before anything else.
 */
export function writeFolder(folder: string, contents: Contents): boolean {
  const parent = dirname(folder);
  const previous = join(parent, `.${basename(folder)}.old`);
  if (!existsSync(folder) && existsSync(previous)) renameSync(previous, folder);
  if (holds(folder, contents)) return false;

  mkdirSync(parent, { recursive: true });
  removeLeftovers(parent, basename(folder));
  const next = mkdtempSync(join(parent, `.${basename(folder)}.new-`));
  try {
    chmodSync(next, 0o755); // mkdtemp makes folders that only their owner can enter.
    for (const [name, content] of contents) writeFileSync(join(next, name), content);
    if (existsSync(folder)) renameSync(folder, previous);
    renameSync(next, folder);
  } catch (error) {
    if (!existsSync(folder) && existsSync(previous)) renameSync(previous, folder);
    throw error;
  } finally {
    rmSync(next, { recursive: true, force: true });
    if (existsSync(folder)) rmSync(previous, { recursive: true, force: true });
  }
  return true;
}

function holds(folder: string, contents: Contents): boolean {
  if (!existsSync(folder)) return false;
  const names = readdirSync(folder);
  return names.length === contents.size && names.every((name) => readIfFile(join(folder, name)) === contents.get(name));
}

function readIfFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function removeLeftovers(parent: string, name: string): void {
  for (const entry of readdirSync(parent)) {
    if (entry.startsWith(`.${name}.new-`)) rmSync(join(parent, entry), { recursive: true, force: true });
  }
}
