import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, type RunOptions } from '../support/cli';

/** Tells the user of what takes long. */
export type Say = (line: string) => void;

/** Folder outside the project of what the tests of one kind fetch or build once. */
export const cacheOf = (kind: string): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlops-infra', kind);

const underWay = new Map<string, Promise<string>>();

/** What is made at a path: by the first who wants it, while others at the same time wait for that. */
export function madeOnce(path: string, make: () => Promise<string>): Promise<string> {
  const making = underWay.get(path) ?? make().finally(() => underWay.delete(path));
  underWay.set(path, making);
  return making;
}

/** Folders that this process has asked for. */
const used = new Set<string>();

/** Removes what earlier versions of these tests have kept in a folder, and this process has not asked for. */
export function forgetUnused(parent: string): void {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    if (/-[0-9a-f]{16}$/.test(name) && !used.has(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

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
  used.add(folder);
  if (existsSync(complete)) return folder;
  return madeOnce(folder, async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await fill(folder);
    writeFileSync(complete, '');
    return folder;
  });
}

/** What a record of these tests says; empty where there is none. */
export const readRecord = <Value>(file: string): Record<string, Value> =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Value>) : {};

/** Replaces a record in one step: whoever is killed leaves the old one. */
export function writeRecord(file: string, record: Readonly<Record<string, unknown>>): void {
  writeFileSync(`${file}.new`, JSON.stringify(record, null, 2));
  renameSync(`${file}.new`, file);
}

/** Lines of a failure that are told: package managers say the reason before their last line. */
const told = 20;

/** Standard output of a program that must succeed. @throws Error with the end of what it said */
export async function succeed(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const env = { PYTHONPATH: undefined, VIRTUAL_ENV: undefined, ...options.env };
  const { code, stdout, stderr } = await run(command, args, { ...options, env });
  if (code === 0) return stdout;
  const end = `${stdout}\n${stderr}`.trim().split('\n').slice(-told).join('\n');
  throw new Error(`${command} ${args.join(' ')}: ended with ${code ?? 'a signal'}\n${end}`);
}
