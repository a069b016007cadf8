import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../support/cli';
import { synthesizeTo } from '../cluster/platform';
import { NotDownloaded } from '../cluster/tools';
import { cacheOf, forgetUnused, type Say } from '../kept';
import { dnsImage } from './addons';
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
 * @returns variables for the process of the tests
 * @throws NotToBeHad where a program or an image cannot be had here
 */
export async function prepare(say: Say): Promise<Record<string, string>> {
  try {
    return await bring(say);
  } catch (error) {
    const { message } = error as Error;
    throw error instanceof NotDownloaded || notGot.test(message) ? new NotToBeHad(message) : error;
  }
}

async function bring(say: Say): Promise<Record<string, string>> {
  const [programs] = await Promise.all([nodePrograms(say), allDebians(say)]);
  const { root } = programs;
  const folder = mkdtempSync(join(tmpdir(), 'mlops-infra-images-'));
  try {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify(withModels));
    const { stdout, stderr } = await runCommand('images', ['--list', '--config', config]);
    if (stdout === '') throw new Error(stderr);
    const references = [...stdout.trim().split('\n'), sandboxImage, dnsImage, exampleImage, shellImage];
    const { objects } = await synthesizeTo(join(folder, 'dist'), withModels);
    const made = await makeImages(references, { root, output: objects, say });
    const lacking = [...made.missing].filter(([reference]) => !unused.test(reference));
    if (lacking.length > 0) throw new NotToBeHad(lacking.map((one) => one.join(': ')).join('; '));
    const wanted = new Map([...made.images].filter(([reference]) => references.includes(reference)));
    await loadImages(programs, wanted, (reference, file) => exportImage(root, reference, file), say);
    forgetUnused(cacheOf('node'));
    const prepared: Prepared = { programs, standIns: made.standIns, missing: Object.fromEntries(made.missing) };
    return { [variable]: JSON.stringify(prepared) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `prepare` has brought. */
export function prepared(): Prepared {
  const { [variable]: text } = process.env;
  if (text === undefined) throw new Error('start the tests with npm run test:node');
  return JSON.parse(text) as Prepared;
}
