import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../support/cli';
import { synthesizeTo } from '../cluster/platform';
import { NotDownloaded } from '../cluster/tools';
import { cacheOf, forgetUnused, type Say } from '../kept';
import type { Found } from '../loop/sources';
import { dnsImage } from './addons';
import { imagesOf, platformBefore } from './before';
import { withModels } from './configs';
import { allDebians } from './images/debians';
import { exampleImage, exportImage, makeImages, shellImage, unused } from './images/make';
import { loadImages } from './load';
import { nodePrograms, type NodePrograms } from './programs';
import { sandboxImage } from './runtime';

/** What the tests need to know of what was brought. */
export interface Prepared {
  readonly programs: NodePrograms;
  /** What runs in place of something else. */
  readonly standIns: readonly string[];
  /** Image → why it is not there. */
  readonly missing: Readonly<Record<string, string>>;
  /** Folder of the platform of before. */
  readonly before: Found;
}

const variable = 'MLOPS_NODE_PREPARED';

/** What nothing on this machine can bring, or cannot be had from here. */
export class NotToBeHad extends Error {}

/** How programs say that they did not get something: debootstrap (1.0.128, functions), apt-get, pip, npm and Maven. */
const notGot =
  /Couldn't download|Failed getting release file|Failed to fetch|No matching distribution found|Max retries exceeded|npm error code E(?:404|NOTFOUND|TIMEDOUT|CONN[A-Z]+)|Could not (?:find|transfer) artifact/;

/**
 * Brings programs and images.
 *
 * @throws NotToBeHad where a program or an image cannot be had here
 */
export async function prepare(say: Say): Promise<Prepared> {
  try {
    return await bring(say);
  } catch (error) {
    const { message } = error as Error;
    throw error instanceof NotDownloaded || notGot.test(message) ? new NotToBeHad(message) : error;
  }
}

async function bring(say: Say): Promise<Prepared> {
  const [programs, before] = await Promise.all([nodePrograms(say), platformBefore(say), allDebians(say)]);
  const { root } = programs;
  const folder = mkdtempSync(join(tmpdir(), 'mlops-infra-images-'));
  try {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify(withModels));
    const { stdout, stderr } = await runCommand('images', ['--list', '--config', config]);
    if (stdout === '') throw new Error(stderr);
    const references = [...stdout.trim().split('\n'), sandboxImage, dnsImage, exampleImage, shellImage];
    const older = 'missing' in before ? { started: [], others: [] } : imagesOf(before.folder);
    references.push(...older.started);
    const { objects } = await synthesizeTo(join(folder, 'dist'), withModels);
    const options = { root, output: objects, ...('missing' in before ? {} : { before: before.folder }), say };
    const made = await makeImages([...new Set(references)], options);
    const lacking = [...made.missing].filter(([reference]) => !unused.test(reference));
    if (lacking.length > 0) throw new NotToBeHad(lacking.map((one) => one.join(': ')).join('; '));
    const wanted = new Map([...made.images].filter(([reference]) => references.includes(reference)));
    await loadImages(programs, wanted, (reference, file) => exportImage(root, reference, file), say);
    forgetUnused(cacheOf('node'));
    const others = older.others.map((image) => [image, 'only what has data is, of the platform of before'] as const);
    const missing = Object.fromEntries([...made.missing, ...others.filter(([image]) => !made.images.has(image))]);
    return { programs, standIns: made.standIns, missing, before };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Variables for the process of the tests. */
export const passedOn = (brought: Prepared): Record<string, string> => ({ [variable]: JSON.stringify(brought) });

/** What `prepare` has brought. */
export function prepared(): Prepared {
  const { [variable]: text } = process.env;
  if (text === undefined) throw new Error('start the tests with npm run test:node');
  return JSON.parse(text) as Prepared;
}
