import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../project';
import type { HelmRelease } from './release';

export interface HelmOutput {
  readonly stdout: string;
  /** Without what helm only mentions. */
  readonly stderr: string;
}

export const valuesOf = (release: HelmRelease): string => JSON.stringify(release.props.values);

/** What helm is asked; the values come by its standard input. */
export function helmArguments(release: HelmRelease, chart = release.props.chart.path): string[] {
  const { releaseName, kubernetesVersion, apiVersions = [] } = release.props;
  return [
    ...['template', releaseName, chart, '--namespace', release.namespace],
    ...['--include-crds', '--skip-tests', '--kube-version', kubernetesVersion],
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...['--values', '-'],
  ];
}

/** Nothing of the caller's helm or kubectl settings may reach the output, nor the time zone of the machine. */
function helmEnvironment(): NodeJS.ProcessEnv {
  const home = join(cacheFolder, 'helm-home');
  // A process of a tenth of a second needs neither a garbage collector nor a second processor.
  return {
    PATH: process.env.PATH,
    HOME: home,
    TZ: 'UTC',
    KUBECONFIG: devNull,
    HELM_DEBUG: 'false',
    GOGC: 'off',
    GOMEMLIMIT: '128MiB',
    GOMAXPROCS: '1',
  };
}

/** The largest chart known gives two. A chart that is out of bounds would take all memory and then the disk. */
const mostMegabytes = 16;

/**
 * Has helm render a release. Rejected with what helm said where it fails.
 * @param chart path of the chart. @default the one of the release
 */
export function helmTemplate(helm: string, release: HelmRelease, chart?: string): Promise<HelmOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(helm, helmArguments(release, chart), { env: helmEnvironment(), stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostMegabytes * 1e6) chunks.push(chunk);
      else if (child.kill('SIGKILL')) reject(new Error(`helm printed more than ${mostMegabytes} MB and was stopped`));
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      // At level INFO helm only tells that a chart contains a link.
      const errors = Buffer.concat(stderr)
        .toString()
        .replace(/^level=INFO .*\n?/gm, '')
        .trim();
      if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString(), stderr: errors });
      else reject(new Error(errors || `helm ended with ${signal ?? `exit code ${code}`} and said nothing`));
    });
    child.stdin.on('error', () => undefined); // A helm that dies early is reported by its exit code.
    child.stdin.end(valuesOf(release));
  });
}
