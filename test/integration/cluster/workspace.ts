import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StartOptions {
  /** Nothing of the caller's is passed on. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** @default the workspace's folder */
  readonly cwd?: string;
}

/** A program that runs beside the tests. */
export interface Program {
  readonly name: string;
  /** Undefined if it could not be started. */
  readonly pid: number | undefined;
  /** What it has printed, both streams. */
  readonly log: () => string;
  readonly running: () => boolean;
  /** Settles when it is gone: with its exit code, or null if a signal has ended it or it could not be started. */
  readonly ended: Promise<number | null>;
  /** Ends it and what it has started, and waits until it is gone. @default SIGKILL */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/**
 * A temporary folder and the programs that run in it. Both are gone after `dispose`, and also when the process that
 * made them has ended in any other way.
 */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'mlops-infra-cluster-'));
  /** Programs that have ended by themselves: nothing here has stopped them. */
  readonly lost: Program[] = [];
  private readonly programs = new Set<Program>();
  private readonly guard: ChildProcess;

  constructor() {
    // In a session of its own, so that Ctrl-C in a terminal leaves it to clean up.
    this.guard = spawn(process.execPath, [join(__dirname, 'guard.cjs'), this.folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  /** Starts a program; what it prints goes to `<name>.log`. */
  start(name: string, binary: string, args: readonly string[], options: StartOptions = {}): Program {
    const logFile = join(this.folder, `${name}.log`);
    const log = openSync(logFile, 'a');
    const { env = {}, cwd = this.folder } = options;
    const child = spawn(binary, args, { cwd, env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    const { pid } = child;
    // A process group of its own, which a negative id names: programs that start others are ended with them.
    if (pid !== undefined) this.guard.stdin?.write(`+-${pid}\n`);
    const ended = new Promise<number | null>((resolve) => {
      child.on('error', (error) => {
        appendFileSync(logFile, `${error.message}\n`);
        resolve(null);
      });
      child.on('exit', resolve);
    });
    let stopped = false;
    void ended.then(() => {
      if (!stopped) this.lost.push(program);
      if (pid !== undefined) this.guard.stdin?.write(`--${pid}\n`);
      this.programs.delete(program);
    });
    const program: Program = {
      name,
      pid,
      log: () => readFileSync(logFile, 'utf8'),
      ended,
      running: () => pid !== undefined && child.exitCode === null && child.signalCode === null,
      stop: async (signal = 'SIGKILL') => {
        stopped = true;
        if (pid !== undefined && program.running()) process.kill(-pid, signal);
        await ended;
      },
    };
    this.programs.add(program);
    return program;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.programs].map((program) => program.stop()));
    const gone = new Promise((resolve) => this.guard.on('exit', resolve));
    this.guard.stdin?.end();
    await gone;
  }
}

export interface Patience {
  /** @default 60 */
  readonly seconds?: number;
  /** Milliseconds from one look to the next: more where a look costs something. @default 100 */
  readonly every?: number;
  /** A program without which there is nothing to wait for. @default none */
  readonly program?: Program;
}

/**
 * Waits until a condition holds. An exception counts as "not yet".
 *
 * @throws Error with what was waited for, and the last exception, after so many seconds; or at once with the end of the
 * log of a program that it takes, when that has ended
 */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { seconds = 60, every = 100, program }: Patience = {},
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    const log = (): string => (program === undefined ? '' : `\n${program.log().split('\n').slice(-30).join('\n')}`);
    if (program?.running() === false) throw new Error(`${program.name} ended: ${what}${log()}`);
    if (Date.now() > end) {
      const reason = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`not within ${seconds} s: ${what}${reason}${log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/**
 * Ports on loopback that nobody listens on, all different. None of those that the kernel gives to clients (from 32768 on
 * Linux, 49152 on macOS): what ends for a moment finds its port free again.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(16_000, 30_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
