import { type ChildProcess, execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseYaml } from '../../kubernetes/yaml';
import type { ChartArchivePin } from '../archive-store';
import { helmBinary } from '../binary';
import { lacksMemory, limited } from '../limits';
import { shortLived } from '../process';

export interface HelmOptions {
  /** Milliseconds before each further attempt. @default two more, after 0.5 s and 2 s */
  readonly retryDelays?: readonly number[];
  /** Milliseconds per attempt. @default five minutes */
  readonly timeout?: number;
}

/** A failure of helm, with its own message. */
export class HelmError extends Error {
  /** Remedy for the user, where the message allows one. */
  readonly advice: string | undefined;
  /** Whether another attempt may succeed. */
  readonly transient: boolean;

  constructor(said: string) {
    super(said);
    const cause = causes.find(({ pattern }) => pattern.test(said));
    this.advice = cause?.advice;
    this.transient = cause?.transient ?? true;
  }
}

const importing = 'npm run charts -- import FILE';

/** Patterns in messages of helm 4.2, of Go's net and net/http, and of the OCI distribution specification. */
const causes: readonly { readonly pattern: RegExp; readonly transient: boolean; readonly advice: string }[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    transient: false,
    advice: 'The disk is full: make room, or name a folder on another one in MLOPS_CHARTS.',
  },
  {
    pattern: /permission denied|read-only file system|not a directory/i,
    transient: false,
    advice: 'The folder cannot be written: name another one in MLOPS_CHARTS.',
  },
  {
    pattern: /\b429\b|too ?many ?requests/i,
    transient: true,
    advice: `The registry limits how much one address may download: try again later, or ${importing}`,
  },
  {
    pattern: /\b404\b|not found|(manifest|name|blob)[ _]unknown/i,
    transient: false,
    advice: `It is not published there, or not any more: correct its pin, or ${importing}`,
  },
  {
    pattern: /\b40[13]\b|unauthorized|forbidden|denied/i,
    transient: false,
    advice: `The repository asks for a login, or has no such chart. Of private ones get the archive yourself, and ${importing}`,
  },
  {
    pattern: /x509|certificate/i,
    transient: false,
    advice: 'If your network brings its own certificate authority, name its file in SSL_CERT_FILE.',
  },
  {
    pattern: /dial tcp|no such host|connection re|unreachable|timeout|timed out|proxyconnect|server misbehaving/i,
    transient: true,
    advice: `No connection. Behind a proxy set HTTPS_PROXY; without a network ${importing}`,
  },
];

/** Variables that tell Go how to reach the network. helm sees no other variables of the caller. */
const networkVariables = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/**
 * Runs helm with its settings and caches below `home`, and returns its output. Throws a `HelmError` at once, or after
 * the last attempt where a retry could have helped.
 */
export async function runHelm(home: string, args: readonly string[], options: HelmOptions = {}): Promise<string> {
  const { retryDelays = [500, 2000], timeout = 300_000 } = options;
  const helm = await helmBinary();
  for (const delay of retryDelays) {
    try {
      return await runOnce(helm, home, args, timeout);
    } catch (error) {
      if (!(error instanceof HelmError) || !error.transient) throw error;
      await sleep(delay);
    }
  }
  return runOnce(helm, home, args, timeout);
}

/** Killed when this process exits: they would write into folders that are being removed. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

function runOnce(helm: string, home: string, args: readonly string[], timeout: number): Promise<string> {
  const network = networkVariables.map((name) => [name, process.env[name]]);
  const env = {
    ...Object.fromEntries(network),
    ...{ ...shortLived, PATH: process.env.PATH, HOME: home, KUBECONFIG: devNull },
    ...{ HELM_CONFIG_HOME: join(home, 'config'), HELM_CACHE_HOME: join(home, 'cache'), HELM_DATA_HOME: home },
  } as NodeJS.ProcessEnv;
  return new Promise((resolve, reject) => {
    const settings = { env, timeout, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const;
    const child = execFile(...limited(helm, args), settings, (error, stdout, stderr) => {
      running.delete(child);
      if (error === null) resolve(stdout);
      else if (lacksMemory(stderr)) reject(new HelmError('helm ran out of memory: what it has read is no chart'));
      else if (error.killed) reject(new HelmError(`timed out after ${timeout / 1000} seconds`));
      else reject(new HelmError(wordsOf(stderr) || error.message));
    });
    running.add(child);
  });
}

/** helm's message without log lines and without the prefix of every reason. */
const wordsOf = (stderr: string): string =>
  stderr
    .replace(/^(level|time)=.*\n?/gm, '')
    .replace(/^Error: /gm, '')
    .replace(/looks like "[^"]+" is not a valid chart repository or cannot be reached: /, '')
    .trim();

/** Name and version of an archive. Throws an error that names the file where helm cannot read it as a chart. */
export async function identifyArchive(file: string, home: string): Promise<ChartArchivePin> {
  let text: string;
  try {
    text = await runHelm(home, ['show', 'chart', file], { retryDelays: [] });
  } catch (error) {
    const said = (error as Error).message.replaceAll(file, basename(file));
    throw new Error(`${basename(file)} is not the archive of a Helm chart: ${said}`);
  }
  const { name, version } = (parseYaml(text)[0] ?? {}) as Partial<Record<keyof ChartArchivePin, unknown>>;
  return { name: String(name), version: String(version) };
}

/** Throws an error where an archive contains another chart or version than the pin. */
export async function expectChart(file: string, pin: ChartArchivePin, home: string): Promise<void> {
  const { name, version } = await identifyArchive(file, home);
  if (name === pin.name && version === pin.version) return;
  throw new Error(`${basename(file)} holds ${name} ${version}, not ${pin.name} ${pin.version}`);
}
