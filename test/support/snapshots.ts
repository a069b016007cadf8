import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';

/** Where Jest keeps the snapshots of a test file. */
export const snapshotFile = (test: string): string => join(dirname(test), '__snapshots__', `${basename(test)}.snap`);

/** Name → text of the snapshots in a file. */
export function snapshotsIn(file: string): Readonly<Record<string, string>> {
  const exported: Record<string, string> = {};
  runInNewContext(readFileSync(file, 'utf8'), { exports: exported });
  return exported;
}
