import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { projectRoot } from '../../../../lib/project';

/** How an image is made. */
export interface Recipe {
  /** Text of its Containerfile. */
  readonly containerfile: string;
  /** Folder that COPY takes from. @default a new one that `fill` fills */
  readonly context?: string;
  /** Puts files into an empty context. @default nothing: it stays empty */
  readonly fill?: (context: string) => Promise<void> | void;
  /** What decides on the files of `fill`. @default nothing */
  readonly filledWith?: readonly unknown[];
  /** Further folders: name for `COPY --from` → path. @default none */
  readonly contexts?: Readonly<Record<string, string>>;
  /** Values of ARG. @default none */
  readonly args?: Readonly<Record<string, string>>;
  /** Name for `npm run images -- build`, which builds it then. @default it is built as the recipe says */
  readonly own?: string;
  /** What is not as in its authors' image: the end of `<reference>: …`. @default nothing that matters */
  readonly standIn?: string;
}

const instructions = (text: string, name: string): string[] =>
  text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1).trim());

/** A line of a Containerfile with the values of its ARGs. */
function filled(line: string, { containerfile, args = {} }: Recipe): string {
  const defaults = instructions(containerfile, 'ARG').map((arg) => arg.split('='));
  const values = { ...Object.fromEntries(defaults), ...args } as Record<string, string>;
  return line.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

/** References of the images that it begins with; not its own stages. */
export function basesOf(recipe: Recipe): string[] {
  const bases = instructions(recipe.containerfile, 'FROM').map((line) => line.split(/\s+/)[0] ?? '');
  return [...new Set(bases.map((base) => filled(base, recipe)))].filter((base) => base !== 'scratch');
}

/** Digest of what decides on an image. @param bases IDs of the images that it begins with */
export function digestOf(recipe: Recipe, bases: readonly string[]): string {
  const { containerfile, args, filledWith } = recipe;
  const hash = createHash('sha256').update(JSON.stringify([containerfile, args, filledWith, bases]));
  for (const path of copiedBy(recipe)) addTo(hash, path);
  return hash.digest('hex');
}

/** Paths of this machine that its COPY lines name. */
function copiedBy(recipe: Recipe): string[] {
  const { containerfile, context, contexts = {} } = recipe;
  return instructions(containerfile, 'COPY').flatMap((line) => {
    const words = filled(line, recipe).split(/\s+/);
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
    const folder = from === undefined ? context : contexts[from];
    const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
    return folder === undefined ? [] : sources.map((source) => normalize(join(folder, source)));
  });
}

/** Files of this project by their bytes; all else is kept in folders whose names say what they hold. */
function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  if (!path.startsWith(`${projectRoot}${sep}`)) {
    hash.update(path);
    return;
  }
  hash.update(relative(projectRoot, path));
  if (lstatSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) if (name !== '__pycache__') addTo(hash, join(path, name));
  } else hash.update(readFileSync(path));
}
