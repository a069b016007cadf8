import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IConstruct } from 'constructs';
import { ContentCache, digestOf } from '../files/cache';
import type { KubernetesObject } from '../kubernetes/object';
import { parseYaml } from '../kubernetes/yaml';
import { cacheFolder } from '../project';
import { helmBinary, helmVersion } from './binary';
import { committedChart } from './committed';
import { bundledDefinitions, hasOwnDefinitions, withoutDescriptions } from './definitions';
import type { Limits } from './limits';
import { normalize } from './normalize';
import { Pool } from '../pool';
import { helmArguments, helmTemplate, valuesOf } from './process';
import { refuseInvalid } from './refuse-invalid';
import { HelmRelease } from './release';
import { firstDifference } from './stability';

/** Part of every cache key: increase it when this file or `normalize` changes what it makes of a rendering. */
const cacheFormat = '4';

export interface RenderOptions {
  /** Called when a release is ready. @default nothing */
  readonly onRendered?: (release: HelmRelease, cached: boolean) => void;
  /** Called with helm's messages on standard error. @default nothing */
  readonly onWarning?: (release: HelmRelease, text: string) => void;
  /** Path of helm. @default the one of `helmBinary` */
  readonly helm?: string;
  /** What helm may take for one release. @default enough for every known chart */
  readonly limits?: Limits;
  /** Folder of earlier renderings. @default one below node_modules */
  readonly cache?: string;
}

export interface Rendering {
  /**
   * Settles when every original chart with new values has been rendered a second time. Rejects, with one error for all,
   * where the results differ. Callers that do not write the output need not wait.
   */
  readonly confirmed: Promise<void>;
}

/** Releases that could not be rendered, or not twice with the same result. */
export class RenderError extends Error {}

/**
 * Renders every release of the tree concurrently, and gives each one its objects. Throws one `RenderError` that lists
 * every failed release, with the command to run by hand.
 */
export async function renderReleases(root: IConstruct, options: RenderOptions = {}): Promise<Rendering> {
  const folder = options.cache ?? join(cacheFolder, 'helm');
  const cache = new ContentCache(folder);
  const stable = new ContentCache(`${folder}-stable`);
  const releases = HelmRelease.allIn(root);
  const failures = new Map<HelmRelease, Error>();
  const keyOf = keyMaker(await helmVersion());
  const missing = releases.flatMap((release) => {
    try {
      const inputs = keyOf(release);
      const key = ContentCache.key(cacheFormat, inputs);
      const cached = cache.get(key);
      if (cached === undefined) return [{ release, inputs, key }];
      release.objects = cached as KubernetesObject[];
      options.onRendered?.(release, true);
    } catch (error) {
      failures.set(release, error as Error);
    }
    return [];
  });

  const helm = options.helm ?? (missing.length > 0 || failures.size > 0 ? await helmBinary() : '');
  // The largest archives first, which take longest, so that none of them is left over at the end.
  missing.sort((a, b) => statSync(b.release.props.chart.path).size - statSync(a.release.props.chart.path).size);
  const pool = new Pool(availableParallelism() + 1);
  const doubts: Doubt[] = [];
  const render = async (missed: Missing): Promise<void> => {
    const { release, inputs, key } = missed;
    const { original, path } = release.props.chart;
    const chart = original === true ? path : committedChart(path);
    const rendering = pool.run(() => helmTemplate(helm, release, chart, options.limits));
    rendering.catch(() => undefined); // It is awaited below.
    const definitions = hasOwnDefinitions(release.props.chart) ? await bundledDefinitions(path) : [];
    const { stdout, stderr } = await rendering;
    if (stderr !== '') options.onWarning?.(release, stderr);
    const documents = [...definitions, ...parseYaml(withoutDescriptions(stdout))];
    release.objects = normalize(documents, release.namespace);
    if (original === true) refuseInvalid(release.objects);
    if (original === true && stable.get(inputs) === undefined) doubts.push({ ...missed, stdout });
    else cache.set(key, release.objects);
    options.onRendered?.(release, false);
  };
  await Promise.all(
    missing.map((one) =>
      render(one).catch((error: unknown) => {
        failures.set(one.release, error as Error);
      }),
    ),
  );
  if (failures.size > 0) {
    const messages = releases.flatMap((release) => {
      const error = failures.get(release);
      return error === undefined ? [] : [failureMessage(release, helm, error, folder)];
    });
    throw new RenderError(messages.join('\n\n'));
  }
  const confirmed = confirm(doubts, helm, folder, ({ release, inputs, key }) => {
    cache.set(key, release.objects);
    stable.set(inputs, true);
  });
  confirmed.catch(() => undefined); // Callers that wait for it report the error.
  return { confirmed };
}

interface Missing {
  readonly release: HelmRelease;
  /** Digest of everything that determines helm's output. */
  readonly inputs: string;
  /** Digest of everything that determines the objects. */
  readonly key: string;
}

/** An original chart that was rendered once with these values, and may come out differently the next time. */
interface Doubt extends Missing {
  readonly stdout: string;
}

/**
 * Renders original charts a second time. A chart that generates passwords or certificates would give different output
 * in every run. Leaves a core for the rest of the synthesis.
 */
async function confirm(
  doubts: readonly Doubt[],
  helm: string,
  folder: string,
  accept: (doubt: Doubt) => void,
): Promise<void> {
  const pool = new Pool(Math.max(1, availableParallelism() - 1));
  const problems = await Promise.all(
    doubts.map(async (doubt) => {
      const { release, stdout } = doubt;
      const { name, version } = release.props.chart;
      try {
        const again = await pool.run(() => helmTemplate(helm, release));
        const difference = firstDifference(stdout, again.stdout);
        if (difference !== undefined) return [`${release.node.path}: ${name} ${version} ${unstable}: ${difference}`];
        accept(doubt);
        return [];
      } catch (error) {
        return [failureMessage(release, helm, error as Error, folder)];
      }
    }),
  );
  if (problems.flat().length > 0) throw new RenderError(problems.flat().sort().join('\n'));
}

const unstable = 'comes out differently each time (set the value that fixes it, such as an existing Secret)';

/**
 * Returns a function that computes the digest of a release's inputs. Reads a chart that several releases share only
 * once.
 */
function keyMaker(version: string): (release: HelmRelease) => string {
  const digests = new Map<string, string>();
  return (release) => {
    const { path } = release.props.chart;
    const digest = digests.get(path) ?? digestOf(path);
    digests.set(path, digest);
    return ContentCache.key(version, digest, JSON.stringify(helmArguments(release)), valuesOf(release));
  };
}

function failureMessage(release: HelmRelease, helm: string, error: Error, folder: string): string {
  const { chart, releaseName } = release.props;
  const said = error.message.slice(0, 4000).split('\n').slice(0, 20);
  const command = [helm, ...helmArguments(release).slice(0, -1), keepValues(release, folder)];
  return [
    `${release.node.path}: helm could not render ${chart.name} ${chart.version} (release "${releaseName}"):`,
    ...said.map((line) => `  ${line}`),
    `  To see it by hand: ${command.map(shellWord).join(' ')}`,
  ].join('\n');
}

/** Writes the values to a file, for the command to run by hand. */
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
