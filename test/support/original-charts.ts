import { existsSync } from 'node:fs';
import { originalCharts } from '../../charts/catalog';
import { archivePath, projectStore } from '../../lib/helm/archive-store';

const store = projectStore();

/** Like `describe`, for what only the archives of the original charts can show; skipped, and says why, without them. */
export function describeWithOriginals(name: string, tests: () => void): void {
  const missing = originalCharts.filter((pin) => !existsSync(archivePath(pin, store)));
  if (missing.length === 0) {
    describe(name, tests);
    return;
  }
  const names = missing.map(({ name: chart, version }) => `${chart} ${version}`).join(', ');
  const reason = `no ${names} in ${store.folder} (set MLOPS_CHARTS to the folder of the original charts)`;
  process.stderr.write(`Skipped: ${name}: ${reason}\n`);
  test.skip(`${name}: ${reason}`, () => undefined);
}
