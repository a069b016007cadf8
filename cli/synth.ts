import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { colors as pc } from './colors';
import { explain, loadConfig } from './config';
import { publicAddresses } from '../charts/addresses';
import { demandsOf } from '../lib/output/demand';
import { foreignIn, listed, recoverFolder, writeFolder } from '../lib/output/write';
import { synthesize } from '../lib/synthesize';
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
    console.error(explain(error as Error, usage, 'Nothing was written.'));
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
  const config = loadConfig(file);
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
  const foreign = foreignIn(resolve(out));
  if (foreign.length > 0) console.error(`${out}: left alone, as no synthesis has written it: ${listed(foreign)}`);
  return {
    out,
    changed,
    files: describeFiles(files, contents),
    demands: demandsOf(objects),
    addresses: publicAddresses(config),
    expectedSecrets: config.secrets.mode === 'existing' ? expectedSecrets(secrets) : [],
  };
}

function printStep(name: string, text: string): void {
  if (process.stdout.isTTY) console.log(`${pc.green('✓')} ${name.padEnd(7)} ${text}`);
}

function oneLine({ out, changed, files }: Report): string {
  const objects = files.flatMap((file) => Object.values(file.objects)).reduce((a, b) => a + b, 0);
  return `${out}: ${objects} objects in ${files.length} files${changed ? '' : ', unchanged'}`;
}
