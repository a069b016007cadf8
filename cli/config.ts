import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { colors as pc } from './colors';
import { parseConfig, type PlatformConfig } from '../charts/config';
import { ArchiveError, CheckError } from '../charts/synthesize';
import { ConfigError } from '../lib/config/parse';
import { LockError } from '../lib/helm/archives/lock';
import { gettingCharts } from '../lib/helm/archives/store';
import { RenderError } from '../lib/helm/render';

/** The complete config of a file. Throws a `ConfigError`, or an error that says why the file cannot be read. */
export const loadConfig = (file: string): PlatformConfig => parseConfig(readConfigFile(file));

/** The default export of a config file. Throws an error that says why it cannot be read. */
export function readConfigFile(file: string): unknown {
  const path = resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UserError(`${file}: no such file (give another one with --config)`);
  if (found.isDirectory()) throw new UserError(`${file}: is a folder, not a file (give another one with --config)`);
  let module: { default?: unknown };
  try {
    module = createRequire(__filename)(path) as typeof module;
  } catch (error) {
    throw new UserError(`${file}: cannot be loaded: ${placed(error, path)}`);
  }
  if (module.default === undefined)
    throw new UserError(`${file}: has no default export (write: export default config)`);
  return module.default;
}

/** What was thrown, and from which line of the file where that is known. */
function placed(thrown: unknown, path: string): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const [, after = ''] = (thrown.stack ?? '').split(`${path}:`);
  const line = /^\d+/.exec(after)?.[0];
  const [message] = thrown.message.split('\nRequire stack:');
  return `${message}${line === undefined ? '' : ` (line ${line})`}`;
}

class UserError extends Error {}

/**
 * What to tell the user of a failure.
 *
 * @param end the last line of a list of problems
 */
export function explain(error: Error & { code?: string }, usage: string, end = ''): string {
  if (error instanceof ConfigError) return list('The config has', 'problem', error.problems, end);
  if (error instanceof CheckError) {
    return list('The manifests break', 'rule', error.violations, end);
  }
  if (error instanceof ArchiveError) {
    return list(
      'The original Helm charts have',
      'problem',
      error.problems,
      `${gettingCharts}${end === '' ? '' : `\n${end}`}`,
    );
  }
  if (error instanceof RenderError || error instanceof LockError || error instanceof UserError) {
    return end === '' ? error.message : `${error.message}\n${end}`;
  }
  if (error.code?.startsWith('ERR_PARSE_ARGS') === true) return `${error.message}\n\n${usage}`;
  // A fault of this program, not of what it was given: whoever mends it needs to know where.
  if (error instanceof TypeError || error instanceof ReferenceError) return error.stack ?? error.message;
  return error.message;
}

function list(intro: string, noun: string, lines: readonly string[], end: string): string {
  const count = `${lines.length} ${noun}${lines.length === 1 ? '' : 's'}`;
  return `${pc.red(`${intro} ${count}:`)}\n${lines.map((line) => `  ${line}`).join('\n')}${end === '' ? '' : `\n${end}`}`;
}
