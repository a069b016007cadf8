import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Prometheus' own program for rules: what MLOPS_PROMTOOL names, else the one in PATH; undefined where there is none. */
export const promtool: string | undefined =
  process.env.MLOPS_PROMTOOL ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'promtool'))
    .find((file) => existsSync(file));

/** Why a test that needs promtool is skipped, as a part of its name. */
export const without = promtool === undefined ? ' (skipped: no promtool in PATH, nor in MLOPS_PROMTOOL)' : '';

/** What promtool says of a file of rules, or of tests. */
export async function runPromtool(command: 'check' | 'test', file: string): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(promtool ?? '', [command, 'rules', file]);
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  }
}
