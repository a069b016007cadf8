import { createInterface } from 'node:readline/promises';
import { printable } from './terminal';

/** A length of time of the command line, in milliseconds. */
export function milliseconds(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const value = Number(number) * ({ s: 1_000, m: 60_000, h: 3_600_000 }[unit] ?? 0);
  // Timers hold at most 2^31 ms, a little more than 24 days.
  if (value < 1_000 || value > 86_400_000)
    throw new Error(`--timeout ${text}: must be from 1s to 24h (write e.g. 90s, 10m or 1h)`);
  return value;
}

/** Asks a question on the terminal; whatever is not a yes is a no. */
export async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // readline puts the terminal into raw mode, so Ctrl-C arrives as an event.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test((await terminal.question(`${printable(question)} [y/N] `, { signal })).trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
