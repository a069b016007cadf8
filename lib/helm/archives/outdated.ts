import { tmpdir } from 'node:os';
import { withTemporaryFolder } from '../archive-store';
import type { HelmOptions } from './download';
import { ChartRepositories, type ChartSource } from './repositories';

/** Newest stable version of each chart, or why it is unknown. Adds nothing to the store. */
export async function newestVersions<T extends ChartSource>(
  charts: readonly T[],
  options: HelmOptions = {},
): Promise<ReadonlyMap<T, string | Error>> {
  return withTemporaryFolder(tmpdir(), async (work) => {
    const repositories = new ChartRepositories(work, options);
    const found = charts.map(async (chart) => {
      const newest = await repositories.newestVersion(chart).catch((error: unknown) => error as Error);
      return [chart, newest] as const;
    });
    return new Map(await Promise.all(found));
  });
}
