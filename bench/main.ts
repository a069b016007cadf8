import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { App } from 'cdk8s';
import { buildPlatform } from '../charts/platform';
import { parseConfig } from '../charts/config';
import { failureMessage } from '../cli/failure';
import { helmBinary } from '../lib/helm/binary';
import { HelmRelease } from '../lib/helm/release';
import { projectRoot } from '../lib/project';
import { forget, measure, median, type Measurement } from './measure';
import { manyModels } from './models';

// Measures a synthesis as users see it, as a whole process, against a naive cdk8s app with the same Helm charts and
// against helm alone. The contenders take turns, so a machine that slows down affects all of them; the ratios are what
// counts. With --models N: the cost of N models, and how it grows.

const usage = `Usage: npm run bench -- [options]

  --runs NUMBER               measured rounds, after one to warm up (7)
  --config FILE               what to synthesize (bench/config.ts: every Helm chart there is)
  --source bundled|upstream   whose Helm charts (bundled)
  --models NUMBER             instead: what that many models cost, and twice as many`;

const scratch = mkdtempSync(join(tmpdir(), 'mlops-infra-bench-'));

/**
 * Upper bounds of each figure. The original charts render many objects that the platform never uses, so helm's own
 * share is larger.
 */
const targetsOf = {
  bundled: { coldOverNaive: 0.35, coldOverHelm: 1.2, warmOverNaive: 0.2, warmOverHelm: 0.6, peakMegabytes: 300 },
  upstream: { coldOverNaive: 0.3, coldOverHelm: 1.2, warmOverNaive: 0.2, warmOverHelm: 0.4, peakMegabytes: 450 },
};

interface Options {
  readonly runs: number;
  readonly config: string;
  readonly source: keyof typeof targetsOf;
  readonly models?: number;
}

function parseOptions(): Options {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '7' },
      config: { type: 'string', default: join(projectRoot, 'bench/config.ts') },
      source: { type: 'string', default: 'bundled' },
      models: { type: 'string' },
    },
  });
  const { runs, config, source, models } = values;
  for (const [option, value] of Object.entries({ runs, models: models ?? '1' })) {
    if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${option} ${value}: must be a whole number from 1\n\n${usage}`);
  }
  if (!existsSync(config)) throw new Error(`--config ${config}: no such file\n\n${usage}`);
  if (source !== 'bundled' && source !== 'upstream') {
    throw new Error(`--source ${source}: must be bundled or upstream\n\n${usage}`);
  }
  return {
    runs: Number(runs),
    config: resolve(config),
    source,
    models: models === undefined ? undefined : Number(models),
  };
}

async function main(): Promise<void> {
  const options = parseOptions();
  if (options.models !== undefined) return manyModels(options.models, options.runs, scratch);
  const targets = targetsOf[options.source];
  const helm = await helmBinary();
  const config = withSource(options.config, options.source);
  const releases = releasesOf(config);
  writeFileSync(join(scratch, 'releases.json'), JSON.stringify({ helm, releases }));
  const node = (script: string, ...args: string[]): string[] => [
    '--require',
    'tsx/cjs',
    join(projectRoot, script),
    ...args,
  ];
  const launcher = join(projectRoot, 'cli/launch.cjs');
  const synth = [launcher, 'synth', '--config', config, '--out', join(scratch, 'dist')];
  const cold: Measurement[] = [];
  const warm: Measurement[] = [];
  const naive: Measurement[] = [];
  const sum: Measurement[] = [];
  for (let run = 0; run <= options.runs; run += 1) {
    forget();
    rmSync(join(scratch, 'dist'), { recursive: true, force: true });
    const round = [
      await measure(process.execPath, synth),
      await measure(process.execPath, synth),
      await measure(process.execPath, node('bench/naive.ts', join(scratch, 'releases.json'), join(scratch, 'naive'))),
      await helmAlone(helm, releases),
    ] as const;
    if (run === 0) continue; // The first round warms the file system's caches.
    [cold, warm, naive, sum].forEach((series, index) => {
      const measurement = round[index];
      if (measurement !== undefined) series.push(measurement);
    });
  }
  forget();
  const { peakBytes } = await measure(process.execPath, synth, { memory: true });

  const time = (series: Measurement[]): number => median(series.map(({ milliseconds }) => milliseconds));
  const row = (name: string, series: Measurement[]): string => {
    const all = series.map(({ milliseconds }) => milliseconds);
    return `  ${name.padEnd(34)} ${time(series).toFixed(0).padStart(6)} ms  (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`;
  };
  const ratio = (name: string, over: Measurement[], under: Measurement[], target: number): string =>
    `  ${name.padEnd(34)} ${(time(over) / time(under)).toFixed(2).padStart(6)}     target at most ${target}`;
  process.stdout.write(
    [
      `${releases.length} ${options.source} Helm charts, Node.js ${process.version}, median of ${options.runs} rounds:`,
      row('cold synthesis (nothing rendered yet)', cold),
      row('warm synthesis', warm),
      row('naive cdk8s app', naive),
      row('helm template, one by one', sum),
      '',
      ratio('cold / naive', cold, naive, targets.coldOverNaive),
      ratio('cold / helm', cold, sum, targets.coldOverHelm),
      ratio('warm / naive', warm, naive, targets.warmOverNaive),
      ratio('warm / helm', warm, sum, targets.warmOverHelm),
      `  ${'peak memory, cold, helm included'.padEnd(34)} ${((peakBytes ?? Number.NaN) / 1e6).toFixed(0).padStart(6)} MB  target at most ${targets.peakMegabytes} MB`,
      '',
    ].join('\n'),
  );
}

/** A copy of a config file with the charts of another source. */
function withSource(file: string, source: string): string {
  const copy = join(scratch, 'config.cjs');
  writeFileSync(copy, `exports.default = { ...require(${JSON.stringify(file)}).default, charts: '${source}' };\n`);
  return copy;
}

interface Release {
  readonly id: string;
  readonly chart: string;
  readonly releaseName: string;
  readonly namespace: string;
  readonly kubernetesVersion: string;
  readonly values: object;
}

function releasesOf(file: string): Release[] {
  const { default: config } = createRequire(__filename)(file) as { default: unknown };
  const app = new App();
  buildPlatform(app, parseConfig(config), {
    credentials: '',
    minioProvision: '',
    prefectBootstrap: '',
    retraining: '',
  });
  return HelmRelease.allIn(app).map(({ node, namespace, props }) => ({
    id: node.path.replaceAll('/', '-'),
    chart: props.chart.path,
    releaseName: props.releaseName,
    namespace,
    kubernetesVersion: props.kubernetesVersion,
    values: JSON.parse(JSON.stringify(props.values)) as object,
  }));
}

async function helmAlone(helm: string, releases: readonly Release[]): Promise<Measurement> {
  let milliseconds = 0;
  for (const { chart, releaseName, namespace, kubernetesVersion, values } of releases) {
    const args = ['template', releaseName, chart, '--namespace', namespace, '--include-crds', '--skip-tests'];
    const run = await measure(helm, [...args, '--kube-version', kubernetesVersion, '--values', '-'], {
      input: JSON.stringify(values),
    });
    milliseconds += run.milliseconds;
  }
  return { milliseconds, peakBytes: undefined };
}

main()
  .catch((error: unknown) => {
    console.error(failureMessage(error as Error, usage));
    process.exitCode = 1;
  })
  .finally(() => {
    rmSync(scratch, { recursive: true, force: true });
  });
