import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Catalog from '../../charts/catalog';
import type * as Config from '../../charts/config';
import type * as Synthesize from '../../charts/synthesize';
import { projectRoot } from '../../lib/project';
import { run } from './cli';
import { merge } from './config';
import { usual } from './usual-config';

// Copies of the project that a test changes. `copyProject` makes one.

/** Replaces a text that is there exactly once in a file of a copy. */
export function edit(root: string, file: string, before: string, after: string): void {
  const text = readFileSync(join(root, file), 'utf8');
  expect({ file, before, times: text.split(before).length - 1 }).toEqual({ file, before, times: 1 });
  writeFileSync(
    join(root, file),
    text.replace(before, () => after),
  );
}

/** Every file of a copy that is not as in the project. The config is the copy's own. */
export function touched(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .filter((path) => !/^(node_modules\/|config\.ts$)/.test(path))
    .filter((path) => contentOf(join(root, path)) !== contentOf(join(projectRoot, path)))
    .sort();
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The code of a copy, loaded beside the project's own. */
export function load(root: string) {
  const code = (path: string): unknown => jest.requireActual(join(root, path));
  const { parseConfig } = code('charts/config') as typeof Config;
  const { synthesize } = code('charts/synthesize') as typeof Synthesize;
  const { imageCatalog } = code('charts/catalog') as typeof Catalog;
  return {
    imageCatalog,
    parseConfig,
    /** The files of the output, for the usual config with some keys of its own. */
    output: async (keys: object) => (await synthesize(parseConfig(merge(usual, keys)))).files,
  };
}

/**
 * What `npx tsc` prints in a copy; empty if nothing is wrong. To be quick, it looks for mistakes only in what is new or
 * changed and in these folders.
 */
export async function compile(root: string, folders: readonly string[]): Promise<string> {
  const changed = touched(root);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(?!node_modules\/).*\/.*\.ts$/.test(path))
    .filter((path) => !changed.includes(path) && !folders.some((folder) => path.startsWith(`${folder}/`)));
  for (const file of files) {
    const path = join(root, file);
    writeFileSync(path, `// @ts-nocheck\n${readFileSync(path, 'utf8')}`);
  }
  const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr } = await run(process.execPath, [tsc, '--pretty', 'false'], { cwd: root });
  return stdout + stderr;
}
