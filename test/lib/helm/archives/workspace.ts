import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChartStore } from '../../../../lib/helm/archive-store';
import { helmBinary } from '../../../../lib/helm/binary';
import { projectRoot } from '../../../../lib/project';
import type { Published } from './servers';

/** A folder of a test file, with a new store for each test. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'charts-store-'));
  private stores = 0;

  newStore(): ChartStore {
    this.stores += 1;
    const parent = join(this.folder, `store-${this.stores}`);
    return { folder: join(parent, 'archives'), lockFile: join(this.folder, `lock-${this.stores}.json`) };
  }

  /** One of our own charts, packaged by helm under any version. */
  async package(name: string, version: string, appVersion = '1'): Promise<Published> {
    const into = mkdtempSync(join(this.folder, 'package-'));
    const chart = join(projectRoot, 'helm', name);
    execFileSync(await helmBinary(), [
      ...['package', chart, '--version', version, '--app-version', appVersion, '--destination', into],
    ]);
    return { name, version, archive: readFileSync(join(into, `${name}-${version}.tgz`)) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Everything in the folder of a store, hidden files too. */
export const filesIn = ({ folder }: ChartStore): string[] => readdirSync(folder).sort();

/** The message of whatever an action throws. */
export async function messageOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}
