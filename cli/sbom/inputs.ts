import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../lib/project';
import type { Bom, PythonLock } from './bom';

/** Of package-lock.json, as npm writes it. */
export async function npmBom(): Promise<Bom> {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: projectRoot, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Bom;
}

/** Of the images that are built here, of what develops them, and of the example. */
export const pythonLocks = (): PythonLock[] =>
  ['programs', 'examples']
    .flatMap((folder) => readdirSync(join(projectRoot, folder)).map((name) => join(folder, name)))
    .filter((folder) => statSync(join(projectRoot, folder)).isDirectory())
    .flatMap((folder) => readdirSync(join(projectRoot, folder)).map((name) => join(folder, name)))
    .filter((path) => /\/requirements[^/]*\.(lock|txt)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
