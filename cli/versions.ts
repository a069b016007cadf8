import { parseArgs } from 'node:util';
import { imagePins } from '../charts/config';
import { asOf, programs } from '../charts/releases';
import { upkeepOf, type Upkeep } from '../lib/upkeep/release';
import { colors as pc } from './colors';
import { failureMessage } from './failure';
import { print, printError } from './terminal';

const usage = `Usage: npm run versions -- [options]

Lists the programs that the platform installs: the pinned version, the newest one of its release line, the newest one,
the end of support, and the licence. The facts are those of charts/releases.ts.

  --json   print them as JSON
  --help   print this

The exit code is 1 if a pinned version has ended or has a known hole.`;

interface Row extends Upkeep {
  readonly licence: string;
}

/** Runs the command `versions`. On failure it prints a message and sets exit code 1. */
export function run(args: string[]): void {
  try {
    main(args);
  } catch (error) {
    printError(failureMessage(error as Error, usage));
    process.exitCode = 1;
  }
}

function main(args: string[]): void {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    print(usage);
    return;
  }
  const tags = Object.fromEntries(Object.entries(imagePins).map(([name, { tag }]) => [name, tag]));
  const rows = upkeepOf(programs, tags, new Date().toISOString().slice(0, 10)).map((upkeep) => ({
    ...upkeep,
    licence: licencesOf(upkeep),
  }));
  print(values.json === true ? JSON.stringify({ asOf, programs: rows.map(toJson) }, null, 2) : format(rows));
  if (rows.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

/** The licences of a program's images, once each. */
function licencesOf({ program }: Upkeep): string {
  const pins: Readonly<Record<string, { readonly facts: { readonly licence: string } }>> = imagePins;
  return [...new Set(program.images.map((image) => pins[image]?.facts.licence ?? 'unknown'))].join(', ');
}

const toJson = ({ program, pinned, line, licence, problems }: Row): object => ({
  name: program.name,
  pinned,
  newestOfLine: line?.newest,
  newest: program.newest,
  ends: line?.ends,
  licence,
  source: program.source,
  note: program.note,
  problems,
});

const header = ['program', 'pinned', 'of its line', 'newest', 'ends', 'licence'];

function format(rows: readonly Row[]): string {
  const cells = rows.map(({ program, pinned, line, licence }) => [
    ...[program.name, pinned, line?.newest ?? '-', program.newest, line?.ends ?? '-', licence],
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)),
  );
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const bad = rows.filter(({ problems }) => problems.length > 0);
  return [
    pc.dim(`  ${lineOf(header)}`),
    ...rows.flatMap(({ program, problems }, index) => [
      `${problems.length > 0 ? pc.red('✗') : pc.green('✓')} ${lineOf(cells[index] ?? [])}`,
      pc.dim(`    ${program.source}`),
      ...[...problems, ...(program.note === undefined ? [] : [program.note])].map((text) => `    ${text}`),
    ]),
    '',
    `${rows.length} programs, ${bad.length} with problems; facts of ${asOf}, from charts/releases.ts`,
  ].join('\n');
}

if (require.main === module) run(process.argv.slice(2));
