import { tmpdir } from 'node:os';
import { LockError } from '../../files/lock-file';
import {
  type ChartArchivePin,
  type ChartStore,
  chartArchive,
  projectStore,
  withTemporaryFolder,
} from '../archive-store';
import { expectChart } from './download';

/** The problem of each chart whose archive is missing, differs from the lock, or contains another chart. */
export async function verifyCharts(
  charts: readonly ChartArchivePin[],
  store: ChartStore = projectStore(),
): Promise<ReadonlyMap<ChartArchivePin, string>> {
  const problems = new Map<ChartArchivePin, string>();
  await withTemporaryFolder(tmpdir(), async (home) => {
    for (const chart of charts) {
      try {
        await expectChart(chartArchive(chart, store), chart, home);
      } catch (error) {
        if (error instanceof LockError) throw error;
        problems.set(chart, (error as Error).message);
      }
    }
  });
  return problems;
}
