import { parseArgs } from 'node:util';
import { colors as pc } from './colors';
import { failureMessage } from './failure';
import { TerminalProgress } from './terminal-progress';
import { print, printError } from './terminal';
import { originalCharts as charts } from '../charts/catalog';
import type { OriginalChart } from '../lib/helm/chart-catalog';
import { importCharts } from '../lib/helm/archives/import';
import { newestVersions } from '../lib/helm/archives/outdated';
import { pullCharts, type PullResult } from '../lib/helm/archives/pull';
import { type ChartArchivePin, chartState, gettingCharts, lockedChart, projectStore } from '../lib/helm/archive-store';
import { verifyCharts } from '../lib/helm/archives/verify';

const usage = `Usage: npm run charts -- COMMAND

  pull             download the original charts that are missing, and record each new one in charts.lock.json
  verify           check every archive against charts.lock.json, without a network
  list             what is pinned, where it comes from, its licence and its upkeep
  outdated         ask the repositories for newer versions
  import PATH      take archives from a folder, or one .tgz, instead of the network

Archives are kept in .charts, or in the folder that MLOPS_CHARTS names.`;

const commands = new Map<string, (path: string) => Promise<void> | void>([
  ['pull', pull],
  ['verify', verify],
  ['list', list],
  ['outdated', outdated],
  ['import', importFrom],
]);

/** Runs the command `charts`. On failure it prints a message and sets exit code 1. */
export async function run(args: string[]): Promise<void> {
  try {
    await main(args);
  } catch (error) {
    printError(failureMessage(error as Error, usage));
    process.exitCode = 1;
  }
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: { help: { type: 'boolean' } }, allowPositionals: true });
  const [name = '', path = '', ...more] = positionals;
  const command = commands.get(name);
  if (values.help === true) print(usage);
  else if (command === undefined && name !== '') throw new Error(`${name}: no such command\n\n${usage}`);
  else if (command === undefined || more.length > 0 || (path !== '') !== (name === 'import')) throw new Error(usage);
  else await command(path);
}

async function pull(): Promise<void> {
  const progress = new TerminalProgress();
  const running = new Set<string>();
  const recorded: string[] = [];
  const showRunning = (): void => progress.waiting([...running].map((name) => `pulling ${name}`));
  await pullCharts(charts, {
    onStart: ({ name }) => {
      running.add(name);
      showRunning();
    },
    onEnd: (chart, result) => {
      const text = `${chart.name} ${chart.version}`;
      running.delete(chart.name);
      if (result === 'recorded') recorded.push(chart.name);
      if (result instanceof Error) progress.failed(text);
      else progress.done(`${text}  ${pc.dim(outcome(chart, result))}`);
      showRunning();
    },
  });
  print(`${charts.length} charts in ${projectStore().folder}`);
  if (recorded.length > 0) print(commitLock);
}

function outcome(chart: ChartArchivePin, result: PullResult): string {
  if (result === 'present') return 'already here';
  if (result === 'pulled') return 'as locked';
  return `new, recorded in charts.lock.json: sha256 ${lockedChart(chart, projectStore())?.sha256 ?? ''}`;
}

const commitLock =
  'What is new was trusted as it came: compare it if you can, and commit charts.lock.json, which refuses any other.';

async function verify(): Promise<void> {
  const problems = await verifyCharts(charts);
  for (const chart of charts) if (!problems.has(chart)) print(`${pc.green('✓')} ${chart.name} ${chart.version}`);
  if (problems.size > 0) throw new Error([...problems.values(), gettingCharts].join('\n'));
}

function list(): void {
  for (const chart of charts) {
    const { name, version, appVersion, repository, licence, upkeep } = chart;
    print(`${pc.bold(`${name} ${version}`)}  installs ${appVersion}  ${licence}  ${chartState(chart)}`);
    print(`  ${pc.cyan(repository)}\n  ${pc.dim(upkeep)}`);
  }
}

async function outdated(): Promise<void> {
  const newest = await newestVersions(charts);
  const describe = (chart: OriginalChart): string => {
    const found = newest.get(chart);
    if (found instanceof Error) return pc.red(found.message.replaceAll('\n', ' '));
    return found === chart.version ? 'newest' : pc.yellow(`${found} is out`);
  };
  const width = Math.max(...charts.map(({ name, version }) => name.length + version.length + 1));
  for (const chart of charts) print(`${`${chart.name} ${chart.version}`.padEnd(width)}  ${describe(chart)}`);
  if ([...newest.values()].some((found) => found instanceof Error)) process.exitCode = 1;
}

async function importFrom(path: string): Promise<void> {
  const imported = await importCharts(path, charts);
  for (const { file, chart, ignored, recorded } of imported) {
    const text = `${chart.name} ${chart.version}`;
    if (ignored) print(`${pc.yellow('-')} ${text}  not pinned, left alone: ${file}`);
    else print(`${pc.green('✓')} ${text}  ${pc.dim(outcome(chart, recorded ? 'recorded' : 'pulled'))}`);
  }
  if (imported.some(({ recorded }) => recorded)) print(commitLock);
}

if (require.main === module) {
  // `process.exit` runs the handlers that remove half-written files.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  void run(process.argv.slice(2));
}
