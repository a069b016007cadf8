import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { run } from './cli';
import { snapshotFile, snapshotsIn } from './snapshots';
import { writeFiles } from './temporary';

/** What Jest reports of a test file. */
export interface Report {
  /** What it prints of the failures; empty if there is none. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly ancestorTitles: readonly string[];
    readonly failureMessages: readonly string[];
  }[];
}

/** Runs a test file of a copy there, with these arguments of Jest. */
export async function jestIn(root: string, file: string, ...args: readonly string[]): Promise<Report> {
  const cache = join(root, 'node_modules/.cache/jest');
  const report = join(cache, 'report.json');
  const options = ['--no-colors', '--expand', '--cacheDirectory', cache, '--json', '--outputFile', report];
  const jest = join(projectRoot, 'node_modules/jest/bin/jest.js');
  const { stderr } = await run(process.execPath, [jest, ...options, ...args, file], { cwd: root });
  const [result] = (JSON.parse(readFileSync(report, 'utf8')) as { testResults: Report[] }).testResults;
  if (result === undefined || result.assertionResults.length === 0) throw new Error(stderr);
  return result;
}

/** What became of a test file. */
export interface Outcome {
  /** A message for each failed test. */
  readonly failures: readonly string[];
  /** Its snapshots after the run, by name. */
  readonly snapshots: Readonly<Record<string, string>>;
}

/** Runs test files of a copy there as one file, so that their modules are loaded once. Their snapshot files stay as they are. */
export async function jestInOne(
  root: string,
  files: readonly string[],
  ...args: readonly string[]
): Promise<ReadonlyMap<string, Outcome>> {
  const joined = 'test/joined.test.ts';
  const kept = files.filter((file) => existsSync(join(root, snapshotFile(file))));
  writeFiles(root, {
    [joined]: files.map((file) => `describe('${file}', () => {\n  require('../${file}');\n});\n`).join(''),
    [snapshotFile(joined)]: kept
      .map((file) => readFileSync(join(root, snapshotFile(file)), 'utf8').replaceAll(/^exports\[`/gm, `$&${file} `))
      .join('\n'),
  });
  const { assertionResults } = await jestIn(root, joined, ...args);
  const snapshots = Object.entries(snapshotsIn(join(root, snapshotFile(joined))));
  const outcomeOf = (file: string): Outcome => ({
    failures: assertionResults
      .filter(({ ancestorTitles: [title] }) => title === file)
      .flatMap(({ failureMessages }) => failureMessages),
    snapshots: Object.fromEntries(
      snapshots
        .filter(([name]) => name.startsWith(`${file} `))
        .map(([name, text]) => [name.slice(file.length + 1), text]),
    ),
  });
  return new Map(files.map((file) => [file, outcomeOf(file)]));
}
