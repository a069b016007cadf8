import { join } from 'node:path';
import { App } from 'cdk8s';
import { buildPlatform } from '../charts/platform';
import { servedBy } from '../charts/models/predictors';
import { archiveProblems } from './helm/archives/store';
import { check } from './checks';
import { foreignTo } from './checks/external';
import type { Output } from './checks/output';
import type { PlatformConfig } from './config/parse';
import { ContentCache } from './files/cache';
import { HelmRelease } from './helm/release';
import { renderReleases, type Rendering, type RenderOptions } from './helm/render';
import { writeYaml } from './helm/yaml';
import type { KubernetesObject } from './kubernetes/object';
import { collect, type OutputFile } from './output/collect';
import { loadPrograms } from './programs';
import { cacheFolder } from './project';
import { Connection } from './graph/connection';
import { Credential } from './graph/credential';
import type { SecretSpec } from './graph/secret-spec';

/** What a config becomes. */
export interface Synthesis {
  readonly files: readonly OutputFile[];
  /** File name → YAML. */
  readonly contents: ReadonlyMap<string, string>;
  /** Every Secret that must exist. */
  readonly secrets: readonly SecretSpec[];
}

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

/** Config in, manifests out; nothing is written. Throws an `ArchiveError` or a `CheckError` with all that is wrong. */
export async function synthesize(config: PlatformConfig, options: RenderOptions = {}): Promise<Synthesis> {
  const { output, confirmed } = await draft(config, options);
  const violations = check(output);
  if (violations.length > 0) throw new CheckError(violations);
  const { files, secrets } = output;
  const contents = new Map<string, string>();
  for (const { name, objects } of files) {
    contents.set(name, yamlOf(objects));
    await nextTurn(); // For the renderings that are made once more meanwhile.
  }
  await confirmed;
  return { files, contents, secrets };
}

/** Everything that a config becomes, not yet checked. */
export const assemble = async (config: PlatformConfig, options: RenderOptions = {}): Promise<Output> =>
  (await draft(config, options)).output;

async function draft(config: PlatformConfig, options: RenderOptions): Promise<Rendering & { readonly output: Output }> {
  const app = new App();
  buildPlatform(app, config, loadPrograms());
  const charts = HelmRelease.allIn(app).map(({ props }) => props.chart);
  const problems = archiveProblems(charts.filter(({ original }) => original));
  if (problems.length > 0) throw new ArchiveError(problems);
  const { confirmed } = await renderReleases(app, options);
  const { domain } = config.cluster;
  const { registry, overrides, pullSecrets } = config.images;
  const ownServers = config.models.flatMap(servedBy).flatMap(({ image }) => image ?? []);
  const output = {
    files: collect(app, config.name, pullSecrets),
    secrets: Credential.allIn(app).map((credential) => credential.spec),
    connections: Connection.allIn(app),
    domain,
    pullSecrets,
    images: { registry, overrides: [...Object.values(overrides), ...ownServers] },
    foreign: foreignTo(config),
  };
  return { output, confirmed };
}

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
