import { parseArgs } from 'node:util';
import { ask, milliseconds } from './answers';
import { colors as pc, errorColors } from './colors';
import { failureMessage } from './failure';
import { TerminalProgress } from './terminal-progress';
import { print, printError } from './terminal';
import { platformFacts } from '../charts/catalog';
import { ApiError } from '../cluster/api/api-error';
import type { FileResult } from '../cluster/deploy/apply';
import { deploy } from '../cluster/deploy/deploy';
import { readPlan } from '../cluster/deploy/plan';
import { DeployError, Interrupted } from '../cluster/deploy/progress';

const usage = `Usage: npm run deploy -- [options]

Applies the manifests of a synthesis, wave by wave, by server-side apply.

  --dry-run            only show what would change; the API server checks it
  --wait               until everything is ready, not only until everything is applied
  --only SERVICE       only this file, such as kafka for 40-kafka.yaml
  --context NAME       which cluster (the current context)
  --kubeconfig FILE    as kubectl's (KUBECONFIG, ~/.kube/config)
  --prune              also remove what an earlier deploy made and the manifests no longer have
  --prune-data         the same for volumes, namespaces and definitions, with all they hold
  --yes                remove without asking
  --timeout TIME       for all of it, such as 90s, 10m or 1h (10m)
  --out FOLDER         where the manifests are (dist)
  --help               print this`;

interface Options {
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly only?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly prune: 'no' | 'yes' | 'with data';
  readonly yes: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly out: string;
}

/** Runs a deploy. On failure it prints a message and sets exit code 1, or 130 after a signal. */
async function run(args: string[]): Promise<void> {
  const progress = new TerminalProgress();
  try {
    const options = parseOptions(args);
    if (options === undefined) {
      print(usage);
      return;
    }
    const stopping = new AbortController();
    const stop = (): void => {
      if (stopping.signal.aborted) process.exit(130); // The second signal exits at once; the lock then expires.
      progress.note('stopping …');
      stopping.abort();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    const { only, out, yes, ...rest } = options;
    const plan = readPlan(out, only);
    const confirm = (question: string): Promise<boolean> =>
      yes ? Promise.resolve(true) : ask(question, stopping.signal);
    const { dataRules, customResources } = platformFacts;
    const facts = { dataRules, customResources };
    await deploy({ ...rest, ...facts, plan, stop: stopping.signal, progress, confirm }, (result) => {
      progress.done(formatFile(result));
      if (options.dryRun) for (const line of formatChanges(result)) progress.detail(line);
    });
    if (!options.dryRun && !options.wait)
      progress.note('Everything is applied. Pods may still be starting: npm run deploy -- --wait');
  } catch (error) {
    progress.waiting([]);
    printError(deployFailure(error as Error));
    process.exitCode = error instanceof Interrupted ? 130 : 1;
  }
}

function parseOptions(args: string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      'dry-run': flag,
      wait: flag,
      only: { type: 'string' },
      context: { type: 'string' },
      kubeconfig: { type: 'string' },
      prune: flag,
      'prune-data': flag,
      yes: flag,
      timeout: { type: 'string', default: '10m' },
      out: { type: 'string', default: 'dist' },
      help: flag,
    },
  });
  if (values.help) return undefined;
  const { wait, only, context, kubeconfig, yes, out } = values;
  const dryRun = values['dry-run'];
  const prune = values['prune-data'] ? 'with data' : values.prune ? 'yes' : 'no';
  if (prune !== 'no' && only !== undefined) {
    throw new Error('--prune looks at the whole platform (leave out --only)');
  }
  if (prune !== 'no' && !dryRun && !yes && !process.stdin.isTTY) {
    throw new Error(
      '--prune asks before it removes anything, and there is no terminal to answer on (look with --dry-run, then add --yes)',
    );
  }
  if (dryRun && wait) throw new Error('--dry-run changes nothing that could be waited for (leave out --wait)');
  return { dryRun, wait, only, context, kubeconfig, prune, yes, timeout: milliseconds(values.timeout), out };
}

function formatFile({ name, applied }: FileResult): string {
  const counts = new Map<string, number>();
  for (const { change, unchecked } of applied) {
    const word = unchecked === undefined ? change : 'not checked';
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const text = ['created', 'changed', 'unchanged', 'not checked'].flatMap((word) => {
    const count = counts.get(word);
    return count === undefined ? [] : [`${count} ${word}`];
  });
  return `${name}  ${text.join(', ')}`;
}

/** Highest number of fields shown per object; the rest are counted. */
const mostFields = 12;

/** The changes of one file in a dry run: a line per object, and its fields below it. */
function formatChanges({ applied }: FileResult): string[] {
  return applied.flatMap(({ object, change, fields, unchecked }) => {
    if (change === 'unchanged') return [];
    const { kind, metadata } = object;
    const name = [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/');
    const sign = change === 'created' ? pc.green('+') : pc.yellow('~');
    const more = fields.length > mostFields ? [`    and ${fields.length - mostFields} more fields`] : [];
    return [
      `${sign} ${name}${unchecked === undefined ? '' : pc.dim(` (not checked: ${unchecked})`)}`,
      ...fields.slice(0, mostFields).map((line) => `    ${line}`),
      ...more,
    ];
  });
}

function deployFailure(error: Error): string {
  if (error instanceof ApiError) return `The API server refused: ${error.message}`;
  if (!(error instanceof DeployError)) return failureMessage(error, usage);
  const again =
    error.problems.length > 0 && !(error instanceof Interrupted)
      ? ['When this is fixed, run the same command again: it continues where it stopped.']
      : [];
  return [errorColors.red(error.message), ...error.problems.map((problem) => `  ${problem}`), ...again].join('\n');
}

void run(process.argv.slice(2));
