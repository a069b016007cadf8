import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ContentCache } from './helm/cache';
import { cacheFolder, projectRoot } from './project';

/**
 * A program of `jobs/` as one file for Node, without its types and without dependencies: what a ConfigMap can carry
 * and what a reviewer can read.
 */
export async function bundleJob(name: string): Promise<string> {
  const folder = join(projectRoot, 'jobs', name);
  const sources = readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const cache = new ContentCache(join(cacheFolder, 'jobs'));
  const key = ContentCache.key(name, ...sources, readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'));
  const cached = cache.get(key);
  if (typeof cached === 'string') return cached;

  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [join(folder, 'main.ts')],
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // A ConfigMap with only ASCII and no trailing blanks is printed by YAML as a plain block of lines.
    charset: 'ascii',
  });
  const program = (result.outputFiles[0]?.text ?? '').replace(/[ \t]+$/gm, '');
  cache.set(key, program);
  return program;
}
