import { isWritten, type Path } from '../path';
import { problem, type Problem } from '../problem';
import type { ComponentSize } from '../sizes';

/** A problem between fields that are each valid. */
export interface Finding extends Problem {
  /** Every field that it was concluded from: if one of them is itself wrong, there is no telling. */
  readonly because: readonly Path[];
}

/** What a rule may ask beside the complete config. */
export interface Evidence {
  /** What the user wrote, without defaults. */
  readonly written: unknown;
  /** False for what stands in for a value that is wrong: it must not be held against another one. */
  readonly isSure: (...paths: readonly Path[]) => boolean;
}

/** Looks at more than one field and finds every violation. `Config` is the part of the config that it reads. */
export type Rule<Config = never> = (config: Config, evidence: Evidence) => Finding[];

/** A finding about one field, and the other fields that it was concluded from. */
export const finding = (path: Path, value: unknown, rule: string, ...because: readonly Path[]): Finding => ({
  ...problem(path, value, rule),
  because: [path, ...because],
});

/** A finding about a field that has to be written. */
export const missing = (path: Path, rule: string, ...because: readonly Path[]): Finding => ({
  ...finding(path, undefined, rule, ...because),
  shown: 'missing',
});

/** What a figure of a component is concluded from: what the user wrote for it, or else that, and the profile. */
export function sourcesOf(written: unknown, component: string, figure: keyof ComponentSize): Path[] {
  const path = ['size', 'overrides', component, figure];
  return isWritten(written, path) ? [path] : [path, ['size', 'profile']];
}

/** `a`, `a and b`, `a, b and c`. */
export const enumerate = (words: readonly string[], conjunction: 'and' | 'or' = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1) ?? ''}`;
