import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { noNamespaces } from '../cluster/optional';
import { cacheOf } from '../kept';
import { folderWith } from '../loop/sources';
import { noDebian } from './debian';
import { kubeconfigVariable } from './given';
import { containerdFolder } from './load';
import { NotToBeHad, prepare } from './prepare';
import { noNode } from './trial';

// `npm run test:node`: brings what a node and its images are made of, and runs the tests in a network of their own.

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Set, a run that could only be skipped fails: for a machine that is known to make nodes. */
const requiredVariable = 'MLOPS_NODE_REQUIRED';

/** What nodes and images are made with. */
const programs = ['go', 'java', 'mvn', 'npm', 'python3', 'openssl', 'ip', 'sysctl', 'losetup', 'setpriv'];

/** Why no node can be made here; undefined where nothing is in the way. */
async function missing(): Promise<string | undefined> {
  if (noNamespaces !== undefined) return 'a node is made by root on Linux';
  const absent = programs.filter((program) => folderWith(program) === undefined);
  if (absent.length > 0) return `not in PATH: ${absent.join(', ')}`;
  await alone();
  return noDebian() ?? noNode() ?? noRoom();
}

/** What programs, images and containers take, in GiB; most of it once. */
const room = { first: 20, later: 5 };

function noRoom(): string | undefined {
  const cache = cacheOf('node');
  const needed = existsSync(containerdFolder) ? room.later : room.first;
  mkdirSync(cache, { recursive: true });
  const { bavail, bsize } = statfsSync(cache);
  const free = Math.floor((bavail * bsize) / 2 ** 30);
  return free < needed ? `${cache} has ${free} GiB left, of ${needed} that are needed` : undefined;
}

/** Two runs would share one containerd. The name is free as soon as this process has ended, in whatever way. */
function alone(): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.on('error', () => reject(new Error('another test:node runs on this machine: wait for its end')));
    server.listen('\0mlops-infra-test-node', resolve);
  });
}

async function main(): Promise<number> {
  if (process.env[kubeconfigVariable] !== undefined) return jest([], {});
  try {
    const reason = await missing();
    if (reason !== undefined) throw new NotToBeHad(reason);
    // Killed, this process takes the tests along.
    return jest(['setpriv', '--pdeathsig', 'KILL', 'unshare', '--net'], await prepare(say));
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    if (process.env[requiredVariable] !== undefined) throw error;
    say(`Skipped, test:node: ${error.message}`);
    return 0;
  }
}

/** Runs the tests to their end. @param within what starts them @returns their exit code */
function jest(within: readonly string[], env: Readonly<Record<string, string>>): number {
  const config = join(__dirname, 'jest.config.cjs');
  const tests = [join(projectRoot, 'node_modules/jest/bin/jest.js'), '--config', config, '--verbose'];
  const [program = '', ...args] = [...within, process.execPath, ...tests, ...process.argv.slice(2)];
  return spawnSync(program, args, { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}

void main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
