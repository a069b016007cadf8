import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { noNamespaces } from '../cluster/optional';
import { cacheOf } from '../kept';
import { folderWith } from '../loop/sources';
import { noDebian } from './debian';
import { kubeconfigVariable } from './given';
import { codes, runTests } from './jest';
import { containerdFolder } from './load';

// `npm run test:node`: sees whether a node can be made here, and goes on in `inside.ts`.

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Set, a run that could only be skipped fails: for a machine that is known to make nodes. */
const requiredVariable = 'MLOPS_NODE_REQUIRED';

/** What nodes and images are made with. */
const programs = ['go', 'java', 'mvn', 'npm', 'python3', 'openssl', 'ip', 'sysctl', 'losetup', 'setpriv', 'flock'];

/** Why no node can be made here; undefined where nothing is in the way. */
function missing(): string | undefined {
  if (noNamespaces !== undefined) return 'a node is made by root on Linux';
  const absent = programs.filter((program) => folderWith(program) === undefined);
  return absent.length > 0 ? `not in PATH: ${absent.join(', ')}` : (noDebian() ?? noRoom());
}

/** What programs, images and containers take, in GiB; most of it once. */
const room = { first: 24, later: 5 };

function noRoom(): string | undefined {
  const cache = cacheOf('node');
  const needed = existsSync(containerdFolder) ? room.later : room.first;
  mkdirSync(cache, { recursive: true });
  const { bavail, bsize } = statfsSync(cache);
  const free = Math.floor((bavail * bsize) / 2 ** 30);
  return free < needed ? `${cache} has ${free} GiB left, of ${needed} that are needed` : undefined;
}

/** Processes and mounts of their own, which end with this process, in whatever way it does. */
function inside(): number {
  const lock = ['flock', '--nonblock', '--conflict-exit-code', String(codes.another), join(cacheOf('node'), 'lock')];
  const ending = ['setpriv', '--pdeathsig', 'KILL']; // with whoever has started it
  const alive = ['unshare', '--mount-proc', '--pid', '--fork', '--kill-child'];
  const program = [process.execPath, '--require', 'tsx/cjs', join(__dirname, 'inside.ts')];
  const [command = '', ...args] = [...ending, ...lock, ...ending, ...alive, ...program, ...process.argv.slice(2)];
  return spawnSync(command, args, { cwd: projectRoot, stdio: 'inherit' }).status ?? 1;
}

function skipped(reason?: string): number {
  if (reason !== undefined) say(`Skipped, test:node: ${reason}`);
  return process.env[requiredVariable] === undefined ? 0 : 1;
}

function main(): number {
  if (process.env[kubeconfigVariable] !== undefined) return runTests([], {});
  const reason = missing();
  if (reason !== undefined) return skipped(reason);
  const code = inside();
  if (code === codes.another) say('Another test:node runs on this machine: wait for its end');
  return code === codes.notToBeHad ? skipped() : code;
}

process.exitCode = main();
