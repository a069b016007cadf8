import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../lib/project';

export interface Measurement {
  readonly milliseconds: number;
  /** Of the process and its descendants; undefined where there is no /proc. */
  readonly peakBytes: number | undefined;
}

/** Runs a command to completion. Throws an error with its output when it fails. */
export function measure(
  command: string,
  args: readonly string[],
  options: { input?: string; memory?: boolean } = {},
): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let errors = '';
    let peak = 0;
    // Sampling /proc takes time itself, so timed runs are not sampled.
    const sampler =
      options.memory === true ? setInterval(() => (peak = Math.max(peak, memoryBelow(child.pid ?? 0))), 5) : undefined;
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(sampler);
      const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
      if (code === 0) resolve({ milliseconds, peakBytes: peak > 0 ? peak : undefined });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${errors.slice(0, 2000)}`));
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Resident memory of a process and its descendants, in bytes. Shared pages count once per process. */
function memoryBelow(root: number): number {
  const children = new Map<number, number[]>();
  const resident = new Map<number, number>();
  for (const name of safely(() => readdirSync('/proc'), []).filter((entry) => /^\d+$/.test(entry))) {
    const status = safely(() => readFileSync(`/proc/${name}/status`, 'utf8'), '');
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    resident.set(Number(name), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024);
  }
  const sum = (pid: number): number =>
    (resident.get(pid) ?? 0) + (children.get(pid) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(root);
}

function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise; // The process ended during the sample.
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * Empties the caches, so that the next synthesis is a cold one. Keeps the record of original charts that render the
 * same twice.
 */
export const forget = (): void =>
  ['helm', 'yaml'].forEach((name) => rmSync(join(cacheFolder, name), { recursive: true, force: true }));
