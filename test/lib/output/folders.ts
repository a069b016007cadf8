import { spawnSync, type SpawnSyncOptions, type SpawnSyncReturns } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectRoot } from '../../../lib/project';
import { temporaryFolder } from '../../support/temporary';

export const temporary = temporaryFolder();
let count = 0;

/** A name for a folder beside which there is nothing yet. */
export function newFolder(): string {
  count += 1;
  return join(temporary, String(count), 'dist');
}

export const contents = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files));

export const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

export const beside = (folder: string): string[] =>
  readdirSync(dirname(folder)).filter((name) => name !== basename(folder));

/** A manifest as a synthesis writes it. */
export const manifest = (name: string): string =>
  `kind: A\nmetadata:\n  name: ${name}\n  labels:\n    mlops-infra/platform: x\n`;

export const first = { '00-a.yaml': manifest('a1'), '10-b.yaml': manifest('b1'), '20-c.yaml': manifest('c1') };
export const second = { '00-a.yaml': manifest('a2'), '10-b.yaml': manifest('b1'), '30-d.yaml': manifest('d2') };

/** What no synthesis has written. */
export const mine = {
  'notes.txt': 'mine',
  '50-mine.yaml': 'kind: A\nmetadata: { name: mine }\n',
  'deep/er/file': 'deep',
};

let bundle: string | undefined;

/** Source of a call of `writeFolder` in a process of its own, which loads the module in a tenth of the time that tsx takes. */
export function call(folder: string, files: Readonly<Record<string, string>>): string {
  if (bundle === undefined) {
    bundle = join(temporary, 'write.cjs');
    buildSync({
      entryPoints: [join(projectRoot, 'lib/output/write.ts')],
      bundle: true,
      platform: 'node',
      outfile: bundle,
    });
  }
  const [module, ...args] = [bundle, folder, files].map((value) => JSON.stringify(value));
  return `require(${module}).writeFolder(${args[0]}, new Map(Object.entries(${args[1]})));`;
}

/** Runs a script in a process of its own. */
export const runScript = (script: string, options: SpawnSyncOptions = {}): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, ['--eval', script], { ...options, encoding: 'utf8' });
