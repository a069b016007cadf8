import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Gives a file or folder, with all that is in it, a second name in another place of the same disk: the first one may be
 * removed then, and nothing of it is lost whenever the run is killed. Throws where a part can have no second name.
 */
export function keep(from: string, to: string): void {
  const found = lstatSync(from);
  if (found.isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from)) keep(join(from, name), join(to, name));
    chmodSync(to, found.mode & 0o7777);
  } else if (found.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else {
    linkSync(from, to);
    return; // One file, with one time.
  }
  lutimesSync(to, found.atime, found.mtime);
}
