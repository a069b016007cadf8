import { colors as pc } from './colors';
import { print, printable } from './terminal';

/** Milliseconds after which a wait is repeated in a log. */
const silence = 60_000;

/**
 * Progress of a command. On a terminal the current waits are redrawn in place; elsewhere each is a line when it is new,
 * and once a minute.
 */
export class TerminalProgress {
  private shown: readonly string[] = [];
  private said = new Map<string, number>();

  done(text: string): void {
    this.line(`${pc.green('✓')} ${text}`);
  }

  failed(text: string): void {
    this.line(`${pc.red('✗')} ${text}  ${pc.dim('failed')}`);
  }

  note(text: string): void {
    this.line(`  ${text}`);
  }

  /** A line below the last one that is done. */
  detail(text: string): void {
    this.line(`    ${text}`);
  }

  waiting(lines: readonly string[]): void {
    if (process.stdout.isTTY) {
      this.clear();
      this.shown = lines.slice(0, Math.max(1, (process.stdout.rows || 24) - 2));
      this.draw();
      return;
    }
    const now = Date.now();
    for (const line of lines) {
      if (now - (this.said.get(line) ?? 0) < silence) continue;
      this.said.set(line, now);
      print(`… ${line}`);
    }
    if (lines.length === 0) this.said = new Map();
  }

  private line(text: string): void {
    this.clear();
    print(text);
    this.draw();
  }

  private clear(): void {
    if (process.stdout.isTTY && this.shown.length > 0) process.stdout.write(`\x1b[${this.shown.length}A\x1b[J`);
  }

  /** Cuts lines to one row each: the cursor cannot return over a wrapped line. */
  private draw(): void {
    if (!process.stdout.isTTY) return;
    for (const line of this.shown) process.stdout.write(`${pc.dim(oneRow(`… ${line}`))}\n`);
  }
}

const oneRow = (text: string): string =>
  printable(text.replaceAll('\n', ' ')).slice(0, (process.stdout.columns || 80) - 1);
