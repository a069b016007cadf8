import { parseConfig, withDigests, type PlatformConfig } from '../charts/config';
import { ArchiveError, CheckError } from '../charts/synthesize';
import { ConfigError } from '../lib/config/parse';
import { LockError } from '../lib/files/lock-file';
import { gettingCharts } from '../lib/helm/archive-store';
import { errorColors as pc } from './colors';
import { ConfigFileError, readConfigFile } from './config-file';
import { failureMessage } from './failure';
import { imageLockOf, readImageLock } from '../lib/images/lock';
import { RenderError } from '../lib/helm/render';

/**
 * Reads and completes a config, with the digests of the images' lock beside it. Throws a `ConfigError`, a
 * `ConfigFileError` where the file cannot be read, or a `LockError`.
 */
export const loadConfig = (file: string): PlatformConfig =>
  withDigests(parseConfig(readConfigFile(file)), readImageLock(imageLockOf(file)));

/**
 * The message of a failed synthesis.
 *
 * @param end last line of a list of problems
 */
export function synthesisFailure(error: Error, usage: string, end = ''): string {
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
  if (error instanceof RenderError || error instanceof LockError || error instanceof ConfigFileError) {
    return end === '' ? error.message : `${error.message}\n${end}`;
  }
  return failureMessage(error, usage);
}

function list(intro: string, noun: string, lines: readonly string[], end: string): string {
  const count = `${lines.length} ${noun}${lines.length === 1 ? '' : 's'}`;
  return `${pc.red(`${intro} ${count}:`)}\n${lines.map((line) => `  ${line}`).join('\n')}${end === '' ? '' : `\n${end}`}`;
}
