import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ContentCache } from './files/cache';
import { readText } from './files/read-text';
import { cacheFolder, projectRoot } from './project';

/**
 * A Python program: one file, which imports nothing but what the image that runs it has.
 *
 * @param folder in programs/
 */
export const pythonProgram = (folder: string, name: string): string =>
  readText(join(projectRoot, 'programs', folder, 'src', `${name}.py`));

/**
 * A script for a POSIX shell, which needs nothing but what the image that runs it has.
 *
 * @param folder in programs/
 */
export const shellProgram = (folder: string, name: string): string =>
  readText(join(projectRoot, 'programs', folder, `${name}.sh`));

/**
 * A TypeScript program as one file for Node.js, without its types and without dependencies: what a ConfigMap can carry
 * and what a reviewer can read. The same bytes everywhere.
 *
 * @param name folder in programs/
 */
export function nodeProgram(name: string): string {
  const folder = join(projectRoot, 'programs', name);
  const sources = readdirSync(folder)
    .sort()
    .map((file) => readText(join(folder, file)));
  const cache = new ContentCache(join(cacheFolder, 'programs'));
  const key = ContentCache.key(name, ...sources, readText(join(projectRoot, 'package-lock.json')));
  const cached = cache.get(key);
  if (typeof cached === 'string') return cached;
  const program = bundle(name);
  cache.set(key, program);
  return program;
}

function bundle(name: string): string {
  // Loaded only when a program has changed: it takes longer than all the rest of a synthesis.
  const { buildSync } = createRequire(__filename)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    absWorkingDir: projectRoot,
    entryPoints: [`programs/${name}/main.ts`],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Plain text without trailing blanks is what YAML prints as a block of lines.
    charset: 'ascii',
    // Nothing but the options here decides: neither a tsconfig.json nor the environment.
    tsconfigRaw: {},
  });
  return outputFiles.map((file) => file.text.replace(/[ \t]+$/gm, '')).join('');
}
