import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, devNull } from 'node:os';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import type { KubernetesObject } from '../kubernetes-object';
import { cacheFolder } from '../project';
import { helmBinary } from './binary';
import { ContentCache, digestOfFolder } from './cache';
import { normalize } from './normalize';
import { HelmRelease } from './release';
import { parseYaml } from './yaml';

/** Part of every key: change it when what this file or `normalize` makes of a rendering changes. */
const cacheFormat = '1';

export interface RenderOptions {
  /** Called when a release is ready. @default nothing */
  readonly onRendered?: (release: HelmRelease, cached: boolean) => void;
  /** Called with what helm says beside the manifests. @default nothing */
  readonly onWarning?: (release: HelmRelease, text: string) => void;
}

/**
 * Renders every release of the tree, as many at a time as there are cores, and gives each its objects.
 * Throws one error that lists every release that failed, with the command to run by hand.
 */
export async function renderReleases(root: Construct, options: RenderOptions = {}): Promise<void> {
  const cache = new ContentCache(join(cacheFolder, 'helm'));
  const digests = new Map<string, string>();
  const failures: string[] = [];
  const missing = HelmRelease.allIn(root).flatMap((release) => {
    const { path } = release.props.chart;
    const digest = digests.get(path) ?? digestOfFolder(path);
    digests.set(path, digest);
    const key = ContentCache.key(cacheFormat, digest, JSON.stringify(helmArguments(release)), valuesOf(release));
    const cached = cache.get(key);
    if (cached === undefined) return [{ release, key }];
    release.objects = cached as KubernetesObject[];
    options.onRendered?.(release, true);
    return [];
  });
  if (missing.length === 0) return;

  const helm = await helmBinary();
  const worker = async (): Promise<void> => {
    for (let next = missing.shift(); next !== undefined; next = missing.shift()) {
      const { release, key } = next;
      try {
        const { stdout, stderr } = await run(helm, helmArguments(release), valuesOf(release));
        if (stderr !== '') options.onWarning?.(release, stderr);
        release.objects = normalize(parseYaml(stdout), release.namespace);
        cache.set(key, release.objects);
        options.onRendered?.(release, false);
      } catch (error) {
        failures.push(explain(release, helm, error as Error));
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
}

const valuesOf = (release: HelmRelease): string => JSON.stringify(release.props.values);

function helmArguments(release: HelmRelease): string[] {
  const { chart, releaseName, kubernetesVersion, apiVersions = [] } = release.props;
  return [
    ...['template', releaseName, chart.path, '--namespace', release.namespace],
    ...['--include-crds', '--skip-tests', '--kube-version', kubernetesVersion],
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...['--values', '-'],
  ];
}

/** Nothing of the caller's helm or kubectl settings may reach the output. */
function helmEnvironment(): NodeJS.ProcessEnv {
  const home = join(cacheFolder, 'helm-home');
  // A short-lived process needs no garbage collector: a tenth of the time for a few more megabytes.
  return { PATH: process.env.PATH, HOME: home, KUBECONFIG: devNull, HELM_DEBUG: 'false', GOGC: '400' };
}

function run(program: string, args: readonly string[], input: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: helmEnvironment(), stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      // At level INFO helm only tells that a chart contains a link.
      const errors = Buffer.concat(stderr).toString().replace(/^level=INFO .*\n?/gm, '').trim();
      if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString(), stderr: errors });
      else reject(new Error(errors || `helm ended with ${signal ?? `exit code ${code}`} and said nothing`));
    });
    child.stdin.on('error', () => undefined); // A helm that dies early is reported by its exit code.
    child.stdin.end(input);
  });
}

function explain(release: HelmRelease, helm: string, error: Error): string {
  const { chart, releaseName } = release.props;
  const values = join(cacheFolder, `${releaseName}-values.json`);
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(values, valuesOf(release));
  const command = [helm, ...helmArguments(release).slice(0, -1), values].join(' ');
  return [
    `${release.node.path}: helm could not render ${chart.name} ${chart.version} (release "${releaseName}"):`,
    ...error.message.split('\n').slice(0, 20).map((line) => `  ${line}`),
    `  To see it by hand: ${command}`,
  ].join('\n');
}
