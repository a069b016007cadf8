import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { succeed } from './kept';

/** The commit whose platform is upgraded. To come from a later one, write that into the file. */
export const commitBefore = readFileSync(join(__dirname, 'upgrade-from'), 'utf8').trim();

/** Why its files cannot be had; undefined where this clone has them. */
export function noBefore(): string | undefined {
  const { status } = spawnSync('git', ['cat-file', '-e', `${commitBefore}^{commit}`], { cwd: projectRoot });
  return status === 0 ? undefined : `commit ${commitBefore} is not in this clone: git fetch --unshallow`;
}

/** Puts its files into a folder. @param paths of these files and folders @default all of them */
export async function unpackBefore(into: string, ...paths: readonly string[]): Promise<void> {
  const archive = join(into, 'before.tar');
  await succeed('git', ['archive', '--output', archive, commitBefore, ...paths]);
  await succeed('tar', ['--extract', '--file', archive, '--directory', into]);
  rmSync(archive);
}
