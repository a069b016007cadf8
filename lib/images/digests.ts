import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Pool } from '../pool';
import { parseImage } from './images';
import { isInstalled } from './installed';
import { digestPattern, type ImageDigests } from './lock';
import { digestInRegistry, digestOfManifest, isLoopback } from './registry';

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
    return digestOfManifest(await output('skopeo', ['inspect', '--raw', ...verify, `docker://${reference}`]), 'skopeo');
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

/** Seconds for each answer of a program. */
const timeout = 60;

async function output(program: string, args: readonly string[]): Promise<Buffer> {
  try {
    const options = { encoding: 'buffer', env: process.env, timeout: timeout * 1000 } as const;
    return (await promisify(execFile)(program, [...args], options)).stdout;
  } catch (error) {
    const { stderr, message, killed, code } = error as Error & ProgramFailure;
    const line = killed === true && code === null ? `no answer in ${timeout} seconds` : lastLine(String(stderr ?? ''));
    throw new Error(`${program}: ${line === '' ? message : line}`);
  }
}

/** What Node.js adds to the error of a program. */
interface ProgramFailure {
  readonly stderr?: Buffer;
  readonly killed?: boolean;
  /** Null where a signal ended it. */
  readonly code?: unknown;
}

/** What a program says last, without what surrounds the message in a line of skopeo's log (sirupsen/logrus). */
function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  const [, quoted, word] = /^time=.* msg=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line) ?? [];
  return quoted?.replaceAll('\\n', ' ').replaceAll(/\\(.)/g, '$1') ?? word ?? line;
}

/** Registries limit how many connections one address may open. */
const atOnce = 6;

/**
 * The digest of each image. Throws one error that lists every failure, one per line.
 *
 * @param places reference in the result → the reference to ask for, in full, with a tag and without a digest
 */
export async function findDigests(places: ReadonlyMap<string, string>, source: DigestSource): Promise<ImageDigests> {
  const pool = new Pool(atOnce);
  const failures: string[] = [];
  const found = await Promise.all(
    [...places].map(async ([reference, place]) => {
      try {
        const digest = await pool.run(() => source.digestOf(place));
        if (digestPattern.test(digest)) return [reference, digest] as const;
        throw new Error(
          `${source.name} answers ${JSON.stringify(digest)}, which is not sha256: and 64 hexadecimal digits`,
        );
      } catch (error) {
        failures.push(`${place}: ${(error as Error).message}`);
        return undefined;
      }
    }),
  );
  if (failures.length > 0) throw new Error([...new Set(failures)].sort().join('\n'));
  return Object.fromEntries(found.filter((entry) => entry !== undefined));
}
