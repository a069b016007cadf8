import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { colors as pc } from './colors';
import { publicAddresses } from '../charts/addresses';
import { ConfigError, parseConfig } from '../lib/config/parse';
import { demandsOf } from '../lib/output/demand';
import { recoverFolder, writeFolder } from '../lib/output/write';
import { CheckError, synthesize } from '../lib/synthesize';
import { describeFiles, expectedSecrets, formatExpected, formatReport, type Report } from './report';

const usage = `Usage: npm run synth -- [options]

  --config FILE   the config to read (config.ts)
  --out FOLDER    where the manifests go (dist)
  --json          print what was made as JSON
  --help          print this`;

/** Reads a config and writes its manifests. Every failure is a message for the user; the exit code says which it was. */
export async function run(args: string[]): Promise<void> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(usage);
      return;
    }
    const report = await synthesizeTo(options);
    if (options.json) console.log(JSON.stringify(report, null, 2));
    else if (process.stdout.isTTY) console.log(`\n${formatReport(report)}`);
    else console.log([oneLine(report), ...formatExpected(report.expectedSecrets)].join('\n'));
  } catch (error) {
    console.error(explain(error as Error));
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
      // Set by `cdk8s synth`, which reads the manifests from there.
      out: { type: 'string', default: process.env.CDK8S_OUTDIR ?? 'dist' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

async function synthesizeTo({ config: file, out, json }: Options): Promise<Report> {
  recoverFolder(resolve(out));
  const step = json ? () => undefined : printStep;
  const config = parseConfig(load(file));
  step('config', `${relative('', file)}: ${config.profile}, Kubernetes ${config.cluster.kubernetesVersion}`);

  let rendered = 0;
  let cached = 0;
  const { files, contents, secrets } = await synthesize(config, {
    onRendered: (release, fromCache) => {
      rendered += 1;
      if (fromCache) cached += 1;
      else step('render', `${release.props.chart.name} ${pc.dim(release.props.releaseName)}`);
    },
    onWarning: (release, text) => {
      console.error(`${release.node.path}: helm says: ${text}`);
    },
  });
  if (cached > 0) step('render', `${cached} of ${rendered} Helm charts were rendered before`);
  const objects = files.flatMap((file) => file.objects);
  step('check', `${objects.length} objects, nothing wrong`);

  const changed = writeFolder(resolve(out), contents);
  step('write', changed ? `${files.length} files to ${out}` : `${out} is up to date`);
  return {
    out,
    changed,
    files: describeFiles(files, contents),
    demands: demandsOf(objects),
    addresses: publicAddresses(config),
    expectedSecrets: config.secrets.mode === 'existing' ? expectedSecrets(secrets) : [],
  };
}

/** The default export of a config file. */
function load(file: string): unknown {
  const path = resolve(file);
  if (!existsSync(path)) throw new UserError(`${file}: no such file (give another one with --config)`);
  let module: { default?: unknown };
  try {
    module = createRequire(__filename)(path) as typeof module;
  } catch (error) {
    throw new UserError(`${file}: cannot be loaded: ${placed(error, path)}`);
  }
  if (module.default === undefined)
    throw new UserError(`${file}: has no default export (write: export default config)`);
  return module.default;
}

/** What was thrown, and from which line of the file where that is known. */
function placed(thrown: unknown, path: string): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const [, after = ''] = (thrown.stack ?? '').split(`${path}:`);
  const line = /^\d+/.exec(after)?.[0];
  const [message] = thrown.message.split('\nRequire stack:');
  return `${message}${line === undefined ? '' : ` (line ${line})`}`;
}

class UserError extends Error {}

function explain(error: Error & { code?: string }): string {
  if (error instanceof ConfigError) return list('The config has', 'problem', error.problems, 'Nothing was written.');
  if (error instanceof CheckError) {
    return list('The manifests break', 'rule', error.violations, 'Nothing was written.');
  }
  if (error.code?.startsWith('ERR_PARSE_ARGS') === true) return `${error.message}\n\n${usage}`;
  // A fault of this program, not of what it was given: whoever mends it needs to know where.
  if (error instanceof TypeError || error instanceof ReferenceError) return error.stack ?? error.message;
  return error.message;
}

function list(intro: string, noun: string, lines: readonly string[], end: string): string {
  const count = `${lines.length} ${noun}${lines.length === 1 ? '' : 's'}`;
  return `${pc.red(`${intro} ${count}:`)}\n${lines.map((line) => `  ${line}`).join('\n')}\n${end}`;
}

function printStep(name: string, text: string): void {
  if (process.stdout.isTTY) console.log(`${pc.green('✓')} ${name.padEnd(7)} ${text}`);
}

function oneLine({ out, changed, files }: Report): string {
  const objects = files.flatMap((file) => Object.values(file.objects)).reduce((a, b) => a + b, 0);
  return `${out}: ${objects} objects in ${files.length} files${changed ? '' : ', unchanged'}`;
}
