import { join } from 'node:path';
import { App } from 'cdk8s';
import { violations } from '../lib/checks';
import { externalTo } from '../lib/checks/external';
import type { Output } from '../lib/checks/output';
import { ContentCache } from '../lib/files/cache';
import { Connection } from '../lib/graph/connection';
import { Credential } from '../lib/graph/credential';
import { PublicAddress } from '../lib/graph/exposure';
import type { SecretSpec } from '../lib/graph/secret-spec';
import { archiveProblems } from '../lib/helm/archives/store';
import { HelmRelease } from '../lib/helm/release';
import { renderReleases, type RenderOptions } from '../lib/helm/render';
import { writeYaml } from '../lib/helm/yaml';
import type { KubernetesObject } from '../lib/kubernetes/object';
import { collect, type OutputFile } from '../lib/output/collect';
import { EveryPod } from '../lib/output/every-pod';
import { cacheFolder } from '../lib/project';
import { declared, externalApiGroups, outputRules } from './catalog';
import type { PlatformConfig } from './config';
import { servedBy } from './models/served';
import { buildPlatform } from './platform';
import { loadPrograms } from './programs';

// The steps from a config to manifests. `main.ts` goes through them; `synthesize` does for whoever only wants the result.

/** An output that breaks a rule: the platform's fault, or that of a value that only the output shows to be wrong. */
export class CheckError extends Error {
  constructor(readonly violations: readonly string[]) {
    super(violations.join('\n'));
  }
}

/** Archives of original Helm charts that cannot be used. */
export class ArchiveError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Everything that a config asks for, as a tree of constructs. Its Helm releases are declared, not yet rendered. */
export function build(config: PlatformConfig): App {
  const app = new App();
  buildPlatform(app, config, loadPrograms());
  return app;
}

/** Every object of a platform. */
export interface Rendered {
  readonly output: Output;
  /** Settled when the Helm charts of others have been shown to come out the same each time; rejected where one does not. */
  readonly confirmed: Promise<void>;
}

/** Renders the Helm releases, and collects all objects in files. Throws an `ArchiveError` or a `RenderError`. */
export async function render(app: App, config: PlatformConfig, options: RenderOptions = {}): Promise<Rendered> {
  const charts = HelmRelease.allIn(app).map(({ props }) => props.chart);
  const problems = archiveProblems(charts.filter(({ original }) => original));
  if (problems.length > 0) throw new ArchiveError(problems);
  const { confirmed } = await renderReleases(app, options);
  const { domain } = config.cluster;
  const { registry, overrides, pullSecrets } = config.images;
  const ownServers = config.models.flatMap(servedBy).flatMap(({ image }) => image ?? []);
  const output = {
    files: collect(app, {
      platform: config.name,
      pods: new EveryPod(config),
      customResources: declared.customResources,
    }),
    secrets: secretsOf(app),
    connections: Connection.allIn(app),
    domain,
    pullSecrets,
    images: { registry, overrides: [...Object.values(overrides), ...ownServers] },
    external: externalTo(config, externalApiGroups(config)),
    declared,
  };
  return { output, confirmed };
}

/** Throws a `CheckError` with every rule that the output breaks. */
export function check(output: Output): void {
  const found = violations(output, outputRules);
  if (found.length > 0) throw new CheckError(found);
}

/** The output as text: file name → YAML. */
export async function print({ files }: Pick<Output, 'files'>): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const { name, objects } of files) {
    contents.set(name, yamlOf(objects));
    await nextTurn(); // For the renderings that are made once more meanwhile.
  }
  return contents;
}

/** What a config becomes. */
export interface Synthesis {
  readonly files: readonly OutputFile[];
  /** File name → YAML. */
  readonly contents: ReadonlyMap<string, string>;
  /** Every Secret that must exist. */
  readonly secrets: readonly SecretSpec[];
  /** Every address that the platform publishes outside the cluster. */
  readonly addresses: readonly Pick<PublicAddress, 'service' | 'url'>[];
}

/** Config in, manifests out; nothing is written. Throws an `ArchiveError`, `RenderError` or `CheckError`. */
export async function synthesize(config: PlatformConfig, options: RenderOptions = {}): Promise<Synthesis> {
  const app = build(config);
  const { output, confirmed } = await render(app, config, options);
  check(output);
  const contents = await print(output);
  await confirmed;
  return { files: output.files, contents, secrets: secretsOf(app), addresses: addressesOf(app) };
}

/** Everything that a config becomes, not yet checked. */
export const assemble = async (config: PlatformConfig, options: RenderOptions = {}): Promise<Output> =>
  (await render(build(config), config, options)).output;

export const secretsOf = (app: App): SecretSpec[] => Credential.allIn(app).map(({ spec }) => spec);

export const addressesOf = (app: App): { service: string; url: string }[] =>
  PublicAddress.allIn(app).map(({ service, url }) => ({ service, url }));

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Part of every key: change it when `writeYaml` does. */
const yamlFormat = '1';

const writtenBefore = new ContentCache(join(cacheFolder, 'yaml'));

/** Objects as one file. Writing YAML takes longer than all the checks, so what was written before is kept. */
function yamlOf(objects: readonly KubernetesObject[]): string {
  const key = ContentCache.key(yamlFormat, JSON.stringify(objects));
  const cached = writtenBefore.get(key);
  if (typeof cached === 'string') return cached;
  const text = objects.map(writeYaml).join('---\n');
  writtenBefore.set(key, text);
  return text;
}
