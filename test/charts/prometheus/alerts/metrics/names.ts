import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The names of the series that a text in Prometheus' exposition format has or declares. */
export function namesIn(text: string): string[] {
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    const declared = /^# TYPE (\S+) (\S+)/.exec(line);
    if (declared !== null) {
      const [, name = '', type] = declared;
      // A family without series says what it would have.
      if (type === 'histogram') ['_bucket', '_sum', '_count'].forEach((suffix) => names.add(name + suffix));
      else if (type === 'summary') ['', '_sum', '_count'].forEach((suffix) => names.add(name + suffix));
      else names.add(name);
    } else {
      const sample = /^([a-zA-Z_:][\w:]*)[{ ]/.exec(line)?.[1];
      if (sample !== undefined) names.add(sample);
    }
  }
  return [...names];
}

/** What a program of the platform exports, and how that is known. */
export interface Recorded {
  readonly program: string;
  readonly version: string;
  readonly how: string;
  readonly names: readonly string[];
}

const folder = path.join(__dirname, 'recorded');

export const recorded = (): Recorded[] =>
  readdirSync(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Recorded);
