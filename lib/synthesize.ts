import { App } from 'cdk8s';
import { buildPlatform } from '../charts/platform';
import { check } from './checks';
import { foreignTo } from './checks/foreign';
import type { Output } from './checks/output';
import type { PlatformConfig } from './config/parse';
import { renderReleases, type RenderOptions } from './helm/render';
import { writeYaml } from './helm/yaml';
import { collect, type OutputFile } from './output/collect';
import { bundleJob } from './programs';
import { Connection } from './wiring/connection';
import { Credential } from './wiring/credential';
import type { SecretSpec } from './wiring/secret-spec';

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

/** Config in, manifests out; nothing is written. Throws a `CheckError` with every violation. */
export async function synthesize(config: PlatformConfig, options: RenderOptions = {}): Promise<Synthesis> {
  const output = await assemble(config, options);
  const violations = check(output);
  if (violations.length > 0) throw new CheckError(violations);
  const { files, secrets } = output;
  const contents = new Map(
    files.map((file): [string, string] => [file.name, file.objects.map(writeYaml).join('---\n')]),
  );
  return { files, contents, secrets };
}

/** Everything that a config becomes, not yet checked. */
export async function assemble(config: PlatformConfig, options: RenderOptions = {}): Promise<Output> {
  const app = new App();
  buildPlatform(app, config, { credentials: bundleJob('credentials') });
  await renderReleases(app, options);
  const { domain } = config.cluster;
  const { registry, overrides, pullSecrets } = config.images;
  return {
    files: collect(app, config.name, pullSecrets),
    secrets: Credential.allIn(app).map((credential) => credential.spec),
    connections: Connection.allIn(app),
    domain,
    pullSecrets,
    images: { registry, overrides: Object.values(overrides) },
    foreign: foreignTo(config),
  };
}
