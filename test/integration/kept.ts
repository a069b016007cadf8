import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, type RunOptions } from '../support/cli';

/** Tells the user of what takes long. */
export type Say = (line: string) => void;

/** Folder outside the project of what the tests of one kind fetch or build once. */
export const cacheOf = (kind: string): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlops-infra', kind);

/**
 * A folder that is filled once, by what decides on its content. It is filled where it stays: virtual environments hold
 * their own path.
 */
export async function kept(
  parent: string,
  name: string,
  content: readonly string[],
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  const folder = join(parent, `${name}-${digest}`);
  const complete = join(folder, '.complete');
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  writeFileSync(complete, '');
  return folder;
}

/** Standard output of a program that must succeed. @throws Error with the last line of what it said */
export async function succeed(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const env = { PYTHONPATH: undefined, VIRTUAL_ENV: undefined, ...options.env };
  const { code, stdout, stderr } = await run(command, args, { ...options, env });
  if (code !== 0)
    throw new Error(`${command} ${args[0] ?? ''} failed: ${(stderr || stdout).trim().split('\n').pop() ?? ''}`);
  return stdout;
}
