import { join } from 'node:path';
import { App } from 'cdk8s';
import { violations } from '../lib/checks';
import { externalTo } from '../lib/checks/external';
import type { Output } from '../lib/checks/output';
import { OutputIndex } from '../lib/checks/output-index';
import { ContentCache } from '../lib/files/cache';
import { Connection } from '../lib/graph/connection';
import { Credential } from '../lib/graph/credential';
import { Exposed, type PortForward, PublicAddress, type PublicAddressProps } from '../lib/graph/exposure';
import type { SecretSpec } from '../lib/graph/secret-spec';
import { Wave } from '../lib/graph/service-chart';
import { archiveProblems } from '../lib/helm/archive-store';
import { HelmRelease } from '../lib/helm/release';
import { renderReleases, type RenderOptions } from '../lib/helm/render';
import { Images } from '../lib/images/images';
import { localImages } from '../lib/images/local';
import type { ImageSources } from '../lib/images/sources';
import { writeYaml } from '../lib/kubernetes/yaml';
import type { KubernetesObject } from '../lib/kubernetes/object';
import { nextTurn } from '../lib/next-turn';
import { clientConnections } from '../lib/network/clients';
import { derivedConnections } from '../lib/network/derived';
import { networkPolicies } from '../lib/network/policies';
import { collect, collectAhead, followingFile, type OutputFile } from '../lib/output/collect';
import { EveryPod } from '../lib/output/every-pod';
import { cacheFolder } from '../lib/project';
import { connectionsOf, declared, externalApiGroups, imageCatalog, outputRules, ownImages } from './catalog';
import type { PlatformConfig } from './config';
import { buildPlatform } from './platform';
import { loadPrograms } from './programs';

// The steps from a config to manifests. `main.ts` runs them one by one; `synthesize` runs all of them in memory.

/**
 * The output breaks rules, because of a bug in the platform or a config value that only the output shows to be wrong.
 */
export class CheckError extends Error {
  constructor(readonly violations: readonly string[]) {
    super(violations.join('\n'));
  }
}

/** Archives of original Helm charts are missing or differ from the lock. */
export class ArchiveError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** The construct tree of a config. Its Helm releases are declared but not yet rendered. */
export function build(config: PlatformConfig): App {
  const app = new App();
  buildPlatform(app, config, loadPrograms());
  return app;
}

/** All objects of a platform. */
export interface Rendered {
  readonly output: Output;
  /** Settles after every original chart has proved to render the same twice; rejects where one does not. */
  readonly confirmed: Promise<void>;
}

/** Renders the Helm releases, and collects all objects in files. Throws an `ArchiveError` or a `RenderError`. */
export async function render(app: App, config: PlatformConfig, options: RenderOptions = {}): Promise<Rendered> {
  const charts = HelmRelease.allIn(app).map(({ props }) => props.chart);
  const problems = archiveProblems(charts.filter(({ original }) => original));
  if (problems.length > 0) throw new ArchiveError(problems);
  const every = { platform: config.name, pods: new EveryPod(config), customResources: declared.customResources };
  const [{ confirmed }, ahead] = await Promise.all([
    renderReleases(app, options),
    collectAhead(app, every, ({ objects }) => yamlOf(objects)),
  ]);
  const { domain } = config.cluster;
  const declaredOutput = {
    files: collect(app, every, ahead),
    secrets: secretsOf(app),
    connections: Connection.allIn(app),
    domain,
    pullSecrets: config.images.pullSecrets,
    images: imagesIn(config),
    external: externalTo(config, externalApiGroups(config)),
    declared,
  };
  return { output: withPolicies(app, declaredOutput, config), confirmed };
}

/** The output with all of its connections, and the policies that follow from them. */
function withPolicies(app: App, output: Output, config: PlatformConfig): Output {
  const index = new OutputIndex(output);
  const { networkPolicies: options } = config;
  const connections = [
    ...output.connections,
    ...derivedConnections(index),
    ...connectionsOf(index, config),
    ...(options === false ? [] : clientConnections(app, options.clients)),
  ];
  const connected = { ...output, connections };
  if (options === false) return connected;
  const policies = networkPolicies(index, connections, options);
  const file = followingFile('network-policies', Wave.NetworkPolicies, policies, { platform: config.name });
  return { ...connected, files: [...output.files, file].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function imagesIn(config: PlatformConfig): ImageSources {
  const { registry, overrides, digests } = config.images;
  const images = new Images(imageCatalog.pins, config.images);
  return {
    registry,
    chosen: [...Object.values(overrides), ...ownImages(config)].map((image) => images.own(image)),
    built: localImages(imageCatalog.pins, config.images).map(({ image }) => image),
    isLocked: digests !== undefined,
  };
}

/** Throws a `CheckError` with every rule that the output breaks. */
export function check(output: Output): void {
  const found = violations(output, outputRules);
  if (found.length > 0) throw new CheckError(found);
}

/** The output as text: file name → YAML. */
export async function serialize({ files }: Pick<Output, 'files'>): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const { name, objects } of files) {
    contents.set(name, yamlOf(objects));
    await nextTurn(); // Lets the second renderings of original charts proceed.
  }
  return contents;
}

/** The result of a synthesis. */
export interface Synthesis {
  readonly files: readonly OutputFile[];
  /** File name → YAML. */
  readonly contents: ReadonlyMap<string, string>;
  readonly images: ImageSources;
  /** Every Secret that must exist. */
  readonly secrets: readonly SecretSpec[];
  /** Every address that the platform publishes outside the cluster. */
  readonly addresses: readonly PublicAddressProps[];
}

/** Turns a config into manifests and writes nothing. Throws an `ArchiveError`, `RenderError` or `CheckError`. */
export async function synthesize(config: PlatformConfig, options: RenderOptions = {}): Promise<Synthesis> {
  const app = build(config);
  const { output, confirmed } = await render(app, config, options);
  check(output);
  const contents = await serialize(output);
  await confirmed;
  const { files, images, secrets } = output;
  return { files, contents, images, secrets, addresses: addressesOf(app) };
}

const secretsOf = (app: App): SecretSpec[] => Credential.allIn(app).map(({ spec }) => spec);

export const addressesOf = (app: App): PublicAddressProps[] => PublicAddress.allIn(app).map(({ props }) => props);

/** Ways to the services that have no address outside. */
export const portForwardsOf = (app: App): PortForward[] =>
  Exposed.allIn(app).flatMap(({ portForward }) => portForward ?? []);

/** Part of every cache key: increase it when the output of `writeYaml` changes. */
const yamlFormat = '1';

const writtenBefore = new ContentCache(join(cacheFolder, 'yaml'));

/** What has been written in this process already. */
const texts = new WeakMap<readonly KubernetesObject[], string>();

/** The YAML of one file. Cached, because writing YAML takes longer than all the checks. */
function yamlOf(objects: readonly KubernetesObject[]): string {
  const text = texts.get(objects) ?? writtenOrCached(objects);
  texts.set(objects, text);
  return text;
}

function writtenOrCached(objects: readonly KubernetesObject[]): string {
  const key = ContentCache.key(yamlFormat, JSON.stringify(objects));
  const cached = writtenBefore.get(key);
  if (typeof cached === 'string') return cached;
  const text = objects.map(writeYaml).join('---\n');
  writtenBefore.set(key, text);
  return text;
}
