import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, projectRoot } from '../../lib/project';
import { usual } from './usual-config';

export interface Outcome {
  /** Null if a signal ended the program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** @default the folder of the project */
  readonly cwd?: string;
  /** On top of the caller's; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Nothing of the caller's environment is passed on but `env`. @default false */
  readonly bare?: boolean;
  /** Text for the standard input. @default none */
  readonly input?: string;
  /** User and group, which only root can choose. @default the caller's */
  readonly uid?: number;
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { cwd = projectRoot, uid, bare = false, input } = options;
    const env = { ...(bare ? {} : { ...process.env, CDK8S_OUTDIR: undefined, CI: undefined }), ...options.env };
    const child = spawn(command, args, { cwd, env, uid, gid: uid, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
    child.stdin.on('error', () => undefined); // It may refuse before it has read everything.
    child.stdin.end(input);
  });
}

/** What `npm run <command>` gives to Node.js, in this project or in a copy of it. */
export const nodeArguments = (command: string, args: readonly string[], root = projectRoot): readonly string[] => [
  join(root, 'cli/launch.cjs'),
  command,
  ...args,
];

/** Runs a command as `npm run` does. */
export function runCommand(
  command: string,
  args: readonly string[],
  { root = projectRoot, ...options }: RunOptions & { root?: string } = {},
): Promise<Outcome> {
  return run(process.execPath, nodeArguments(command, args, root), { cwd: root, ...options });
}

export const synth = (args: readonly string[], options?: RunOptions & { root?: string }): Promise<Outcome> =>
  runCommand('synth', args, options);

/** Writes a config that differs from the smallest one in these fields. JSON is read in a fraction of the time. */
export function writeConfig(path: string, fields: object = {}): string {
  const config = { cluster: { externalHost: '192.0.2.10' }, size: { profile: 'laptop' }, ...fields };
  const json = JSON.stringify(config);
  writeFileSync(path, path.endsWith('.json') ? json : `const config = ${json};\nexport default config;\n`);
  return path;
}

/** A config of little more than Kafka, for tests that need one Helm chart to be rendered, whichever it is. */
export const onlyKafka = {
  services: {
    ...{ postgresql: false, minio: false, mlflow: false, istio: false, seldon: false },
    ...{ prefect: false, prometheus: false, drift: false },
  },
};

/** File name → content of everything in a folder. */
export const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

/** A copy of the project in another folder, with a usual config, the same packages, and caches of its own, which are empty. */
export function copyProject(folder: string): string {
  const sources = ['charts', 'cli', 'cluster', 'helm', 'imports', 'lib', 'programs', 'main.ts'];
  for (const name of [...sources, 'cdk8s.yaml', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
  writeConfig(join(folder, 'config.ts'), usual);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of readdirSync(join(projectRoot, 'node_modules'))) {
    if (name !== '.cache') symlinkSync(join(projectRoot, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return folder;
}

/** Lets a copy of the project use the unpacked helm and the rendered Helm charts of this one. Its bundle stays its own. */
export function shareCaches(root: string): void {
  const caches = join(root, 'node_modules/.cache/mlops-infra');
  mkdirSync(caches, { recursive: true });
  for (const name of ['bin', 'helm', 'yaml']) {
    mkdirSync(join(cacheFolder, name), { recursive: true });
    symlinkSync(join(cacheFolder, name), join(caches, name));
  }
}
