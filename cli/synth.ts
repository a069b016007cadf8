import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { App } from 'cdk8s';
import type { PlatformConfig } from '../charts/config';
import { addressesOf, portForwardsOf } from '../charts/synthesize';
import type { Output } from '../lib/checks/output';
import { demandsOf } from '../lib/output/demand';
import { foreignIn, listed } from '../lib/output/folder';
import { recoverFolder } from '../lib/output/write';
import { synthesisFailure } from './config';
import { describeFiles, expectedOf, formatExpected, formatOpen, formatReport, type Report } from './report';
import { SynthProgress } from './synth-progress';
import { print, printError } from './terminal';

const usage = `Usage: npm run synth -- [options]

  --config FILE   the config to read (config.ts)
  --out FOLDER    where the manifests go (dist)
  --json          print what was made as JSON
  --help          print this`;

/** A request for a synthesis. */
export interface Request {
  /** The config file. */
  readonly file: string;
  /** Absolute path of the output folder. */
  readonly folder: string;
  readonly progress: SynthProgress;
}

/** The result of a request. */
export interface Result {
  readonly config: PlatformConfig;
  readonly app: App;
  readonly output: Output;
  /** File name → YAML. */
  readonly contents: ReadonlyMap<string, string>;
  readonly changed: boolean;
}

/** Runs the command `synth`. On failure it prints a message and sets exit code 1. */
export async function command(args: string[], synthesis: (request: Request) => Promise<Result>): Promise<void> {
  try {
    const { config: file, out, json, help } = parseOptions(args);
    if (help) {
      print(usage);
      return;
    }
    const folder = resolve(out);
    recoverFolder(folder);
    const report = reportOf(out, await synthesis({ file, folder, progress: new SynthProgress(out, json) }));
    const kept = foreignIn(folder);
    if (kept.length > 0) printError(`${out}: left alone, because no synthesis has written it: ${listed(kept)}`);
    if (json) print(JSON.stringify(report, null, 2));
    else if (process.stdout.isTTY) print(`\n${formatReport(report)}`);
    else print([oneLine(report), ...formatExpected(report.expectedSecrets)].join('\n'));
    for (const line of formatOpen(report.addresses)) printError(line);
  } catch (error) {
    printError(synthesisFailure(error as Error, usage, 'Nothing was written.'));
    process.exitCode = 1;
  }
}

interface Options {
  readonly config: string;
  readonly out: string;
  readonly json: boolean;
  readonly help: boolean;
}

function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string', default: 'config.ts' },
      // `cdk8s synth` sets CDK8S_OUTDIR and reads the manifests from there.
      out: { type: 'string', default: process.env.CDK8S_OUTDIR ?? 'dist' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

const reportOf = (out: string, { config, app, output, contents, changed }: Result): Report => ({
  out,
  changed,
  files: describeFiles(output.files, contents),
  demands: demandsOf(
    output.files.flatMap((file) => file.objects),
    output.declared.customResources,
  ),
  addresses: addressesOf(app),
  portForwards: portForwardsOf(app),
  expectedSecrets: expectedOf(config, output.secrets),
});

function oneLine({ out, changed, files }: Report): string {
  const objects = files.flatMap((file) => Object.values(file.objects)).reduce((a, b) => a + b, 0);
  return `${out}: ${objects} objects in ${files.length} files${changed ? '' : ', unchanged'}`;
}
