import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { imagePins, type ImageName } from '../../../charts/config';

const variableOfMissing = 'MLOPS_CLUSTER_MISSING';

/** Sets of programs that could not be built: module → why. For the test files, which are other processes. */
export function rememberMissing(reasons: Readonly<Record<string, string>>): void {
  process.env[variableOfMissing] = JSON.stringify(reasons);
}

/** Why sets of programs could not be built; empty where all were. */
export function missingModules(modules?: readonly string[]): string[] {
  const reasons = JSON.parse(process.env[variableOfMissing] ?? '{}') as Record<string, string>;
  return Object.entries(reasons).flatMap(([module, reason]) => (modules?.includes(module) === false ? [] : [reason]));
}

/** A group of tests of programs that are built; skipped, with the reason in its title, where one could not be. */
export function describeBuilt(name: string, modules: readonly string[], tests: () => void): void {
  const [reason] = missingModules(modules);
  if (reason === undefined) describe(name, tests);
  else describe.skip(`${name} (${reason})`, tests);
}

/** A program that cannot be built from a Go module, and is tried where the machine has it. */
export interface OptionalProgram {
  /** Whose stand-in it is; a program of another version is not taken. */
  readonly image: ImageName;
  /** Variable with its path, for those who have built or unpacked it themselves. */
  readonly variable: string;
  /** Its name in `PATH`. */
  readonly command: string;
  readonly versionArguments: readonly string[];
  /** Where to get it from. */
  readonly install: string;
}

const debian = (name: string): Pick<OptionalProgram, 'command' | 'versionArguments' | 'install'> => ({
  command: name,
  versionArguments: ['--version'],
  install: `Debian 12 has it as ${name}`,
});

export const optionalPrograms = {
  nodeExporter: { image: 'nodeExporter', variable: 'MLOPS_NODE_EXPORTER', ...debian('prometheus-node-exporter') },
  blackboxExporter: {
    image: 'blackboxExporter',
    variable: 'MLOPS_BLACKBOX_EXPORTER',
    ...debian('prometheus-blackbox-exporter'),
  },
} as const satisfies Record<string, OptionalProgram>;

/** What keeps this machine from giving a program a network and a file system of its own; undefined if nothing does. */
export const noNamespaces: string | undefined =
  process.platform === 'linux' && process.getuid?.() === 0
    ? undefined
    : 'operators and exporters run in namespaces of their own, which only root on Linux can make';

export type Located = { readonly path: string } | { readonly missing: string };

/** Path of a program, or why it is not tried. */
export function locateOptional({ image, variable, command, versionArguments, install }: OptionalProgram): Located {
  const version = imagePins[image].tag.replace(/^v/, '');
  const folders = (process.env.PATH ?? '').split(delimiter);
  const path = process.env[variable] || folders.map((folder) => join(folder, command)).find(existsSync);
  if (path === undefined) return { missing: `${command} ${version} is not here: ${install}, or set ${variable}` };
  const { stdout, stderr, error } = spawnSync(path, versionArguments, { encoding: 'utf8' });
  if (error !== undefined) return { missing: `${path}: ${error.message}` };
  if (`${stdout}${stderr}`.includes(version)) return { path };
  return {
    missing: `${path} is not version ${version}: it says ${JSON.stringify(`${stdout}${stderr}`.slice(0, 200))}`,
  };
}

/** A group of tests of such a program; skipped, with the reason in its title, where the program is not to be had. */
export function describeWith(name: string, program: OptionalProgram, tests: (path: string) => void): void {
  const located = locateOptional(program);
  if ('path' in located) describe(name, () => tests(located.path));
  else describe.skip(`${name} (${located.missing})`, () => tests(''));
}
