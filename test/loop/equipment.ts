import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { build, type ToolSet } from '../cluster/tools';
import { run } from '../support/cli';

/** Folder with programs, or why there is none. */
export type Found = { readonly folder: string } | { readonly missing: string };

type Say = (line: string) => void;

const tools = join(__dirname, 'tools');

/**
 * The nearest release of the pinned one that is a Go module: the second after it. Its main package says no more of itself
 * without these (minio RELEASE.2025-01-20T14-49-07Z, buildscripts/gen-ldflags.go).
 */
const minio: ToolSet = {
  root: tools,
  module: 'minio',
  programs: { minio: 'github.com/minio/minio' },
  stamps: {
    'github.com/minio/minio/cmd.Version': '2025-01-20T14:49:07Z',
    'github.com/minio/minio/cmd.ReleaseTag': 'RELEASE.2025-01-20T14-49-07Z',
  },
};
const mc: ToolSet = { root: tools, module: 'mc', programs: { mc: 'github.com/minio/mc' } };
/** As test/cluster builds it, so that it is built once. */
const prometheus: ToolSet = {
  module: 'prometheus',
  programs: Object.fromEntries(
    ['prometheus', 'promtool'].map((name) => [name, `github.com/prometheus/prometheus/cmd/${name}`]),
  ),
};

/** What each program is, and what it is made of; all of it is pinned by a file of this repository. */
const sources = {
  postgresql: () => Promise.resolve(postgresql()),
  kafka: (say: Say) => kafka(say),
  minio: (say: Say) => goProgram(minio, say),
  mc: (say: Say) => goProgram(mc, say),
  promtool: (say: Say) => promtool(say),
  mlflow: (say: Say) => python('3.11', 'images/mlflow/requirements.txt', say),
  drift: (say: Say) => python('3.11', 'drift/requirements.lock', say),
  prefect: (say: Say) => python('3.11', 'pipelines/requirements-dev.lock', say),
  creditcard: (say: Say) => python('3.8', 'examples/creditcard/requirements.lock', say),
} as const;

export type Tool = keyof typeof sources;
export type Equipment = Readonly<Record<Tool, Found>>;

const variable = 'MLOPS_LOOP_EQUIPMENT';

/** Looks for every program, and builds what can be built; once for a run of the tests. */
export async function equip(say: Say): Promise<void> {
  const found: Partial<Record<Tool, Found>> = {};
  for (const [name, source] of Object.entries(sources)) {
    try {
      found[name as Tool] = await source(say);
    } catch (error) {
      found[name as Tool] = { missing: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
    }
  }
  process.env[variable] = JSON.stringify(found);
}

/** What `equip` found. */
export const equipment = (): Equipment => JSON.parse(process.env[variable] ?? '{}') as Equipment;

/** Folder of programs that a test has said it needs. */
export function folderOf(tool: Tool): string {
  const found = equipment()[tool];
  if ('missing' in found) throw new Error(`${tool}: ${found.missing}`);
  return found.folder;
}

/** Why tests that need these are skipped, as a part of their name; empty where nothing is missing. */
export function without(...needed: readonly Tool[]): string {
  const reasons = needed.flatMap((tool) => {
    const found = equipment()[tool];
    return 'missing' in found ? [`${tool}: ${found.missing}`] : [];
  });
  return reasons.length === 0 ? '' : ` (skipped: ${reasons.join('; ')})`;
}

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlops-infra', 'loop');

/** A folder outside the project that is filled once, by what decides on its content. */
async function kept(
  name: string,
  content: readonly string[],
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  const folder = join(cache, `${name}-${digest}`);
  // Virtual environments hold their own path, so that a folder cannot be made elsewhere and moved.
  const complete = join(folder, '.complete');
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  writeFileSync(complete, '');
  return folder;
}

async function succeed(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { env: { PYTHONPATH: undefined, VIRTUAL_ENV: undefined } });
  if (code !== 0)
    throw new Error(`${command} ${args[0] ?? ''} failed: ${(stderr || stdout).trim().split('\n').pop() ?? ''}`);
  return stdout;
}

const isInPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Programs that MLOPS_POSTGRESQL names, or of the newest version that Debian's package has installed. */
function postgresql(): Found {
  const named = process.env.MLOPS_POSTGRESQL;
  if (named !== undefined) return { folder: named };
  const root = '/usr/lib/postgresql';
  const [newest] = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  if (newest === undefined) return { missing: `no ${root}: install Debian's package postgresql` };
  return { folder: join(root, newest, 'bin') };
}

async function kafka(say: Say): Promise<Found> {
  for (const program of ['java', 'mvn']) {
    if (!isInPath(program)) return { missing: `no ${program} in PATH: install Java 17 and Maven` };
  }
  const pom = join(projectRoot, 'drift/tests/kafka/pom.xml');
  const folder = await kept('kafka', [readFileSync(pom, 'utf8')], async (libs) => {
    say('kafka: fetching its jars (once) …');
    await succeed('mvn', ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-Djars=${libs}`]);
  });
  return { folder };
}

async function goProgram(set: ToolSet, say: Say): Promise<Found> {
  if (!isInPath('go')) return { missing: 'no go in PATH: install Go' };
  return { folder: await build(set, say) };
}

async function promtool(say: Say): Promise<Found> {
  const named = process.env.MLOPS_PROMTOOL;
  if (named !== undefined) return { folder: join(named, '..') };
  const inPath = (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'promtool')));
  return inPath === undefined ? goProgram(prometheus, say) : { folder: inPath };
}

/** A virtual environment with exactly what a lock file names; wheels only, as the images are built. */
async function python(version: string, lock: string, say: Say): Promise<Found> {
  const interpreter = await interpreterOf(version);
  if (interpreter === undefined) return { missing: `no Python ${version}: install it, or put it into PATH` };
  const file = join(projectRoot, lock);
  const name = lock.split('/').slice(0, -1).join('-');
  const folder = await kept(name, [interpreter, readFileSync(file, 'utf8')], async (environment) => {
    say(`${name}: installing what ${lock} names (once) …`);
    await succeed(interpreter, ['-m', 'venv', environment]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
    await succeed(join(environment, 'bin/python'), [...pip, '-r', file]);
  });
  return { folder: join(folder, 'bin') };
}

/** A Python of this minor version: in PATH, or one that pyenv keeps. */
async function interpreterOf(version: string): Promise<string | undefined> {
  const pyenv = join(process.env.PYENV_ROOT || join(homedir(), '.pyenv'), 'versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv).filter((name) => name.startsWith(`${version}.`)) : [];
  const candidates = [`python${version}`, 'python3', ...versions.map((name) => join(pyenv, name, 'bin/python'))];
  const question = 'import sys; print("%d.%d" % sys.version_info[:2], sys.executable)';
  for (const candidate of candidates) {
    const answer = await succeed(candidate, ['-c', question]).catch(() => '');
    const [found, path] = answer.trim().split(' ');
    if (found === version && path !== undefined) return path;
  }
  return undefined;
}
