import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const block = 512;

/**
 * Path → content of every file in the archive of a Helm chart, as POSIX ustar (IEEE Std 1003.1, pax, "ustar Interchange
 * Format"). Throws on anything that is neither a file nor a folder, such as the header of a name that ustar is too small
 * for.
 */
export function filesInArchive(path: string): ReadonlyMap<string, string> {
  const tar = gunzipSync(readFileSync(path));
  const files = new Map<string, string>();
  for (let at = 0; at + block <= tar.length && tar[at] !== 0;) {
    const field = (start: number, length: number): string =>
      tar.toString('utf8', at + start, at + start + length).replace(/\0.*/s, '');
    const [prefix, name, type] = [field(345, 155), field(0, 100), field(156, 1)];
    const size = Number.parseInt(field(124, 12), 8);
    if (!['', '0', '5'].includes(type)) throw new Error(`${path}: ${name} is of type ${type}`);
    const start = at + block;
    if (type !== '5')
      files.set(prefix === '' ? name : `${prefix}/${name}`, tar.toString('latin1', start, start + size));
    at = start + Math.ceil(size / block) * block;
  }
  return files;
}
