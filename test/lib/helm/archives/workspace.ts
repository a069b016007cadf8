import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ChartStore } from '../../../../lib/helm/archive-store';
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

  /** One of our own charts, packaged under any version; without its schema it takes values of the original, too. */
  async package(name: string, version: string, { appVersion = '1', schema = true } = {}): Promise<Published> {
    const into = mkdtempSync(join(this.folder, 'package-'));
    const chart = join(into, name);
    cpSync(join(projectRoot, 'helm', name), chart, { recursive: true });
    if (!schema) rmSync(join(chart, 'values.schema.json'));
    const about = readFileSync(join(chart, 'Chart.yaml'), 'utf8')
      .replace(/^version: .*$/m, `version: ${version}`)
      .replace(/^appVersion: .*$/m, `appVersion: '${appVersion}'`);
    writeFileSync(join(chart, 'Chart.yaml'), about);
    const { stdout } = await promisify(execFile)('tar', ['-czf', '-', '-C', into, name], { encoding: 'buffer' });
    return { name, version, archive: stdout };
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
