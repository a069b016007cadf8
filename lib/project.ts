import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolderOf } from './files/cache-folder.cjs';

/** The folder of this repository, from wherever in it the code was started. */
export const projectRoot = findUp(__dirname);

/** What can be made again at any time. */
export const cacheFolder = cacheFolderOf(projectRoot);

function findUp(folder: string): string {
  return existsSync(join(folder, 'cdk8s.yaml')) || folder === dirname(folder) ? folder : findUp(dirname(folder));
}
