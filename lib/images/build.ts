import { spawn } from 'node:child_process';
import { constants as os } from 'node:os';
import { projectRoot } from '../project';
import { parseImage } from './images';
import { isInstalled } from './installed';
import type { LocalImage } from './local';

/** In order of preference. All three accept the flags that are used here. */
export const engines = ['docker', 'podman', 'buildah'] as const;

export type Engine = (typeof engines)[number];

export interface BuildOptions {
  /** Whether to push each image to the registry in its name. */
  readonly push: boolean;
  /** Target platform of the images, such as `linux/arm64`. @default this machine's */
  readonly platform?: string;
}

/** A failure of the engine, which has already printed the cause. */
export class EngineError extends Error {
  constructor(
    command: readonly string[],
    /** Exit code of the engine, or 128 and the signal's number, as in shells. */
    readonly exitCode: number,
  ) {
    super(`${command.join(' ')}: ended with ${exitCode}`);
  }
}

/** Builds images one by one, and optionally pushes each. Throws an `EngineError` at the first failure. */
export async function buildImages(
  images: readonly LocalImage[],
  engine: Engine,
  options: BuildOptions,
  onStart: (command: readonly string[]) => void,
): Promise<void> {
  refuseUnusableNames(images, options);
  for (const command of images.flatMap((image) => commandsFor(image, engine, options))) {
    onStart(command);
    await run(command);
  }
}

function refuseUnusableNames(images: readonly LocalImage[], { push }: BuildOptions): void {
  const problems = images.flatMap(({ image, pin }) => {
    const { registry, digest } = parseImage(image);
    const override = `images.overrides.${pin}`;
    if (digest !== undefined) return [`${override}: ${image} has a digest, which only a build gives it (leave it out)`];
    return push && registry === 'localhost'
      ? [`${image}: there is no registry to push it to (set images.registry, or ${override}, in the config)`]
      : [];
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function commandsFor({ image, folder, context }: LocalImage, engine: Engine, options: BuildOptions): string[][] {
  const platform = options.platform === undefined ? [] : ['--platform', options.platform];
  const build = [engine, 'build', ...platform, '--tag', image, '--file', `${folder}/Dockerfile`, context];
  return options.push ? [build, [engine, 'push', image]] : [build];
}

/** Runs a command on this terminal, in the root of the repository. */
function run(command: readonly string[]): Promise<void> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectRoot, env: process.env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : os.signals[signal]);
      if (exitCode === 0) resolve();
      else reject(new EngineError(command, exitCode));
    });
  });
}

/** The requested engine, or the first installed one. Throws an error where there is none. */
export function findEngine(wanted: string | undefined): Engine {
  const known = engines.find((engine) => engine === wanted);
  if (wanted !== undefined && known === undefined) {
    throw new Error(`--engine: ${JSON.stringify(wanted)} — must be ${engines.join(', ')}`);
  }
  const found = (known === undefined ? engines : [known]).find(isInstalled);
  if (found !== undefined) return found;
  throw new Error(
    known === undefined
      ? `None of ${engines.join(', ')} is in PATH, and an image cannot be built without one of them (install one).`
      : `${known} is not in PATH (install it, or leave --engine out to build with any of ${engines.join(', ')}).`,
  );
}
