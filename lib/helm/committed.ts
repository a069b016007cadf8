import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { filesBelow } from '../files/cache';
import { asCommitted } from '../files/read-text';

const copies = new Map<string, string>();

/**
 * Path of a chart for helm: the given archive or folder, or a copy as committed to git where a checkout has converted
 * its line endings, which `Files.Get` would pass on. The copy is removed when the process exits.
 */
export function committedChart(folder: string): string {
  if (!statSync(folder).isDirectory()) return folder;
  const known = copies.get(folder);
  if (known !== undefined) return known;
  const files = filesBelow(folder).map((path) => {
    const content = readFileSync(join(folder, path));
    return { path, content, committed: asCommitted(content) };
  });
  if (files.every(({ content, committed }) => content === committed)) return folder;
  const parent = mkdtempSync(join(tmpdir(), 'mlops-infra-chart-'));
  process.once('exit', () => {
    rmSync(parent, { recursive: true, force: true });
  });
  const copy = join(parent, basename(folder));
  for (const { path, committed } of files) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), committed);
  }
  copies.set(folder, copy);
  return copy;
}
