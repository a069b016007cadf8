import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../project';
import { hasOwnDefinitions } from './definitions';
import { lacksMemory, limited, limits, type Limits } from './limits';
import type { HelmRelease } from './release';

export interface HelmOutput {
  readonly stdout: string;
  /** Without informational log lines. */
  readonly stderr: string;
}

export const valuesOf = (release: HelmRelease): string => JSON.stringify(release.props.values);

/** helm's arguments; the values come over standard input. */
export function helmArguments(release: HelmRelease, chart = release.props.chart.path): string[] {
  const { releaseName, kubernetesVersion, apiVersions = [], chart: pin } = release.props;
  return [
    ...['template', releaseName, chart, '--namespace', release.namespace],
    ...(hasOwnDefinitions(pin) ? [] : ['--include-crds']),
    ...['--skip-tests', '--kube-version', kubernetesVersion],
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...['--values', '-'],
  ];
}

/** A process of a tenth of a second needs neither garbage collection nor a second core. */
export const shortLived = { GOGC: 'off', GOMEMLIMIT: '128MiB', GOMAXPROCS: '1' };

/**
 * Environment of helm: nothing of the caller's helm or kubectl settings, or of the machine's time zone, may reach the
 * output.
 */
function helmEnvironment(): NodeJS.ProcessEnv {
  const home = join(cacheFolder, 'helm-home');
  return { ...shortLived, PATH: process.env.PATH, HOME: home, TZ: 'UTC', KUBECONFIG: devNull, HELM_DEBUG: 'false' };
}

/**
 * Renders a release by `helm template`. Rejects with helm's message where it fails.
 * @param chart path of the chart. @default the release's
 */
export function helmTemplate(
  helm: string,
  release: HelmRelease,
  chart?: string,
  most: Limits = limits,
): Promise<HelmOutput> {
  return new Promise((resolve, reject) => {
    const limit = { timeout: most.seconds * 1000, killSignal: 'SIGKILL' } as const;
    const [command, args] = limited(helm, helmArguments(release, chart), most);
    const child = spawn(command, args, { env: helmEnvironment(), stdio: 'pipe', ...limit });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most.output * 1e6) chunks.push(chunk);
      else if (child.kill('SIGKILL')) reject(new Error(`helm printed more than ${most.output} MB and was stopped`));
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      // At level INFO helm only reports that a chart contains a link.
      const errors = Buffer.concat(stderr)
        .toString()
        .replace(/^level=INFO .*\n?/gm, '')
        .trim();
      if (child.killed) reject(new Error(`helm did not end within ${most.seconds} seconds and was stopped`));
      else if (lacksMemory(errors))
        reject(new Error(`helm took more than ${most.megabytes} MB of memory and was stopped`));
      else if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString(), stderr: errors });
      else reject(new Error(errors || `helm ended with ${signal ?? `exit code ${code}`} and said nothing`));
    });
    child.stdin.on('error', () => undefined); // The exit code reports a helm that ends early.
    child.stdin.end(valuesOf(release));
  });
}
