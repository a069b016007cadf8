import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IConstruct } from 'constructs';
import type { KubernetesObject } from '../kubernetes-object';
import { cacheFolder } from '../project';
import { helmBinary, helmVersion } from './binary';
import { ContentCache, digestOf } from './cache';
import { normalize } from './normalize';
import { HelmRelease } from './release';
import { firstDifference, mayChange } from './stability';
import { parseYaml } from './yaml';

/** Part of every key: change it when what this file or `normalize` makes of a rendering changes. */
const cacheFormat = '2';

export interface RenderOptions {
  /** Called when a release is ready. @default nothing */
  readonly onRendered?: (release: HelmRelease, cached: boolean) => void;
  /** Called with what helm says beside the manifests. @default nothing */
  readonly onWarning?: (release: HelmRelease, text: string) => void;
  /** Path of the helm program. @default the one of `helmBinary` */
  readonly helm?: string;
  /** Folder for what was rendered before. @default one below node_modules */
  readonly cache?: string;
}

export interface Rendering {
  /**
   * Settled when every original chart that could come out differently has been rendered once more. Rejected, with one
   * error for all, where one did. Whoever does not write the output need not wait for it.
   */
  readonly confirmed: Promise<void>;
}

/** Releases that could not be rendered, or not twice alike. */
export class RenderError extends Error {}

/**
 * Renders every release of the tree, as many at a time as there are cores, and gives each its objects.
 * Throws one `RenderError` that lists every release that failed, with the command to run by hand.
 */
export async function renderReleases(root: IConstruct, options: RenderOptions = {}): Promise<Rendering> {
  const folder = options.cache ?? join(cacheFolder, 'helm');
  const cache = new ContentCache(folder);
  const releases = HelmRelease.allIn(root);
  const failures = new Map<HelmRelease, Error>();
  const keyOf = keyMaker();
  const unconfirmed: Unconfirmed[] = [];
  const missing = releases.flatMap((release) => {
    try {
      const key = keyOf(release);
      const cached = cache.get(key);
      if (cached === undefined) return [{ release, key }];
      release.objects = cached as KubernetesObject[];
      options.onRendered?.(release, true);
    } catch (error) {
      failures.set(release, error as Error);
    }
    return [];
  });

  const helm = options.helm ?? (missing.length > 0 || failures.size > 0 ? await helmBinary() : '');
  // The longest first, as far as the size of an archive tells, so that none is left over at the end.
  missing.sort((a, b) => statSync(b.release.props.chart.path).size - statSync(a.release.props.chart.path).size);
  const worker = async (): Promise<void> => {
    for (let next = missing.shift(); next !== undefined; next = missing.shift()) {
      const { release, key } = next;
      try {
        const { stdout, stderr } = await run(helm, helmArguments(release), valuesOf(release));
        if (stderr !== '') options.onWarning?.(release, stderr);
        release.objects = normalize(parseYaml(stdout), release.namespace);
        const { original, path } = release.props.chart;
        if (original && mayChange(path, stdout, release.props.values)) unconfirmed.push({ release, key, stdout });
        else cache.set(key, release.objects);
        options.onRendered?.(release, false);
      } catch (error) {
        failures.set(release, error as Error);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (failures.size > 0) {
    const messages = releases.flatMap((release) => {
      const error = failures.get(release);
      return error === undefined ? [] : [explain(release, helm, error, folder)];
    });
    throw new RenderError(messages.join('\n\n'));
  }
  const confirmed = confirm(unconfirmed, helm, folder);
  confirmed.catch(() => undefined); // Reported by whoever waits for it.
  return { confirmed };
}

/** An original chart that was rendered, and might come out differently the next time. */
interface Unconfirmed {
  readonly release: HelmRelease;
  readonly key: string;
  readonly stdout: string;
}

/**
 * Renders charts once more: one that makes passwords or certificates on its own makes others each time, and with them
 * an output that is never twice the same. Leaves a core to whoever works on the output meanwhile.
 */
async function confirm(unconfirmed: readonly Unconfirmed[], helm: string, folder: string): Promise<void> {
  const cache = new ContentCache(folder);
  const waiting = [...unconfirmed];
  const problems: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { release, key, stdout } = next;
      const { chart } = release.props;
      try {
        const second = await run(helm, helmArguments(release), valuesOf(release));
        const difference = firstDifference(stdout, second.stdout);
        if (difference === undefined) cache.set(key, release.objects);
        else problems.push(`${release.node.path}: ${chart.name} ${chart.version} ${unstable}: ${difference}`);
      } catch (error) {
        problems.push(explain(release, helm, error as Error, folder));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism() - 1) }, worker));
  if (problems.length > 0) throw new RenderError(problems.sort().join('\n'));
}

const unstable = 'comes out differently each time (set the value that fixes it, such as an existing Secret)';

/** A function that gives the cache key of a release, and reads a chart that several releases share only once. */
function keyMaker(): (release: HelmRelease) => string {
  const digests = new Map<string, string>();
  return (release) => {
    const { path } = release.props.chart;
    const digest = digests.get(path) ?? digestOf(path);
    digests.set(path, digest);
    return ContentCache.key(cacheFormat, helmVersion, digest, JSON.stringify(helmArguments(release)), valuesOf(release));
  };
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

/** Nothing of the caller's helm or kubectl settings may reach the output, nor the time zone of the machine. */
function helmEnvironment(): NodeJS.ProcessEnv {
  const home = join(cacheFolder, 'helm-home');
  // A short-lived process needs no garbage collector: a tenth of the time for a few more megabytes.
  return { PATH: process.env.PATH, HOME: home, TZ: 'UTC', KUBECONFIG: devNull, HELM_DEBUG: 'false', GOGC: '400' };
}

/** The largest chart known gives two. A chart that is out of bounds would take all memory and then the disk. */
const mostMegabytes = 16;

function run(program: string, args: readonly string[], input: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: helmEnvironment(), stdio: 'pipe' });
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
      const errors = Buffer.concat(stderr).toString().replace(/^level=INFO .*\n?/gm, '').trim();
      if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString(), stderr: errors });
      else reject(new Error(errors || `helm ended with ${signal ?? `exit code ${code}`} and said nothing`));
    });
    child.stdin.on('error', () => undefined); // A helm that dies early is reported by its exit code.
    child.stdin.end(input);
  });
}

function explain(release: HelmRelease, helm: string, error: Error, folder: string): string {
  const { chart, releaseName } = release.props;
  const said = error.message.slice(0, 4000).split('\n').slice(0, 20);
  const command = [helm, ...helmArguments(release).slice(0, -1), keepValues(release, folder)];
  return [
    `${release.node.path}: helm could not render ${chart.name} ${chart.version} (release "${releaseName}"):`,
    ...said.map((line) => `  ${line}`),
    `  To see it by hand: ${command.map(shellWord).join(' ')}`,
  ].join('\n');
}

/** The values in a file, for the command to run by hand. */
function keepValues(release: HelmRelease, folder: string): string {
  const write = (parent: string): string => {
    const file = join(parent, `${release.node.path.replaceAll('/', '-')}-values.json`);
    writeFileSync(file, valuesOf(release));
    return file;
  };
  try {
    mkdirSync(folder, { recursive: true });
    return write(folder);
  } catch {
    return write(mkdtempSync(join(tmpdir(), 'mlops-infra-'))); // The cache is read-only.
  }
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
