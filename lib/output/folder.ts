import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isFolder } from '../files/make-folder';
import { readForeign } from '../files/readable';
import { platformLabel } from '../kubernetes/labels';

// What is in a folder of manifests, and which of it is of a synthesis.

/** File name → content. */
export type Contents = ReadonlyMap<string, string>;

const ownName = /^\d\d-[^/]+\.yaml$/;

/**
 * Whether a text is of a synthesis: all its objects have the label that `collect` gives to each, as `writeYaml` writes it.
 * What git has left of two such texts after a conflict is nobody's work either.
 */
function isManifest(text: string): boolean {
  const labelled = new RegExp(`^ {4}${platformLabel}: `, 'm');
  if (/^<{7} /m.test(text) && labelled.test(text)) return true;
  return text.split(/^---$/m).every((object) => object.trim() === '' || labelled.test(object));
}

/** Names of what is in a folder and not of a synthesis; none where there is no such folder. */
export const foreignIn = (folder: string): string[] => namesIn(folder).filter((name) => !isOurs(join(folder, name)));

export const namesIn = (folder: string): string[] => (isFolder(folder) ? readdirSync(folder).sort() : []);

const isOurs = (path: string): boolean =>
  ownName.test(basename(path)) && lstatSync(path).isFile() && isManifest(readIfFile(path) ?? '?');

/** Whether a folder holds these files, and no others of a synthesis. */
export function holds(folder: string, contents: Contents): boolean {
  const ours = namesIn(folder).filter((name) => contents.has(name) || isOurs(join(folder, name)));
  return (
    isFolder(folder) &&
    ours.length === contents.size &&
    ours.every((name) => readIfFile(join(folder, name)) === contents.get(name))
  );
}

function readIfFile(path: string): string | undefined {
  try {
    return readForeign(path).toString();
  } catch {
    return undefined;
  }
}

/** `a, b, c and 2 more`. */
export const listed = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
