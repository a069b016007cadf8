import { App } from 'cdk8s';
import { buildPlatform } from '../charts/platform';
import { check } from './checks';
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
  const app = new App();
  buildPlatform(app, config, { credentials: await bundleJob('credentials') });
  await renderReleases(app, options);
  const files = collect(app, config.name, config.images.pullSecrets);
  const secrets = Credential.allIn(app).map((credential) => credential.spec);
  const violations = check({
    files,
    secrets,
    connections: Connection.allIn(app),
    domain: config.cluster.domain,
    pullSecrets: config.images.pullSecrets,
    userSecrets: [],
  });
  if (violations.length > 0) throw new CheckError(violations);
  const contents = new Map(
    files.map((file): [string, string] => [file.name, file.objects.map(writeYaml).join('---\n')]),
  );
  return { files, contents, secrets };
}
