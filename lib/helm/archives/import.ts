import { copyFileSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LockError } from '../../files/lock-file';
import { isFolder } from '../../files/make-folder';
import { refuseEndless } from '../../files/readable';
import {
  type ChartArchivePin,
  type ChartStore,
  keepArchive,
  projectStore,
  withTemporaryFolder,
} from '../archive-store';
import { identifyArchive } from './download';

/** The result of importing one archive. */
export interface ImportedArchive {
  readonly file: string;
  readonly chart: ChartArchivePin;
  /** No pin has this version, so the archive was left alone. */
  readonly ignored: boolean;
  /** Whether the lock has a new entry for it. */
  readonly recorded: boolean;
}

/**
 * Imports archives that did not come over the network: one file, or every `.tgz` of a folder. Throws one error that
 * lists every rejected archive; the others are in the store by then.
 *
 * @param pins charts that may be imported
 */
export async function importCharts(
  path: string,
  pins: readonly ChartArchivePin[],
  store: ChartStore = projectStore(),
): Promise<ImportedArchive[]> {
  const files = archivesIn(path);
  const failures: string[] = [];
  const imported: ImportedArchive[] = [];
  await withTemporaryFolder(store.folder, async (work) => {
    for (const file of files) {
      try {
        refuseEndless(file);
        if (isFolder(file)) throw new Error('is a folder (give an archive, or a folder of archives)');
        const copy = join(mkdtempSync(join(work, 'chart-')), basename(file));
        copyFileSync(file, copy); // A copy, so that the checked bytes are the stored ones.
        const chart = await identifyArchive(copy, work);
        const pinned = pins.some(({ name, version }) => name === chart.name && version === chart.version);
        const recorded = pinned && keepArchive(copy, chart, 'imported', store);
        imported.push({ file, chart, ignored: !pinned, recorded });
      } catch (error) {
        if (error instanceof LockError) throw error;
        failures.push(`${file}: ${(error as Error).message}`);
      }
    }
  });
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return imported;
}

function archivesIn(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`${path}: no such file or folder`);
  if (!found.isDirectory()) return [path];
  const archives = readdirSync(path)
    .filter((name) => name.endsWith('.tgz'))
    .sort();
  if (archives.length === 0) throw new Error(`${path}: no .tgz file in this folder`);
  return archives.map((name) => join(path, name));
}
