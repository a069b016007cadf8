import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Pool } from '../pool';
import { parseImage } from './images';
import { isInstalled } from './installed';
import type { ImageDigests } from './lock';
import { digestInRegistry, isLoopback } from './registry';

/** How digests are looked up: a program that knows the user's logins, proxies and mirrors, or this one. */
export interface DigestSource {
  readonly name: string;
  /** `sha256:…` of what a reference with a tag means now. Throws an error with the reason alone. */
  readonly digestOf: (reference: string) => Promise<string>;
}

/** skopeo or crane, whichever is installed, or else the registries' own API. */
export function digestSource(): DigestSource {
  return [skopeo, crane].find(({ name }) => isInstalled(name)) ?? api;
}

const skopeo: DigestSource = {
  name: 'skopeo',
  async digestOf(reference) {
    // The bytes of the index. `inspect` without --raw also looks up an image for this machine's architecture.
    const verify = isLoopback(hostOf(reference)) ? ['--tls-verify=false'] : [];
    const manifest = await output('skopeo', ['inspect', '--raw', ...verify, `docker://${reference}`]);
    return `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  },
};

const crane: DigestSource = {
  name: 'crane',
  digestOf: async (reference) => (await output('crane', ['digest', reference])).toString().trim(),
};

const api: DigestSource = {
  name: "the registries' API",
  digestOf: (reference) => digestInRegistry(parseImage(reference)),
};

const hostOf = (reference: string): string => parseImage(reference).registry.split('/')[0] ?? '';

async function output(program: string, args: readonly string[]): Promise<Buffer> {
  try {
    const { stdout } = await promisify(execFile)(program, [...args], { encoding: 'buffer', timeout: 60_000 });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: Buffer };
    const lines = (stderr?.toString() ?? '').trim().split('\n');
    throw new Error(`${program}: ${lines.at(-1) === '' ? message : lines.at(-1)}`);
  }
}

/** Registries limit how many connections one address may open. */
const atOnce = 6;

/**
 * The digest of each reference. Throws one error that lists every failure, one per line.
 *
 * @param references in full, with a tag and without a digest
 */
export async function findDigests(references: readonly string[], { digestOf }: DigestSource): Promise<ImageDigests> {
  const pool = new Pool(atOnce);
  const failures: string[] = [];
  const found = await Promise.all(
    references.map(async (reference) => {
      try {
        return [reference, await pool.run(() => digestOf(reference))] as const;
      } catch (error) {
        failures.push(`${reference}: ${(error as Error).message}`);
        return undefined;
      }
    }),
  );
  if (failures.length > 0) throw new Error(failures.sort().join('\n'));
  return Object.fromEntries(found.filter((entry) => entry !== undefined));
}
