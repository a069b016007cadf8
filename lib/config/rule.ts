import { isWritten, type Path } from './path';
import { problem, type Problem } from './problem';
import type { ComponentSize } from './sizes';

/** A problem between fields that are each valid. */
export interface Finding extends Problem {
  /** All fields that led to the finding. It is dropped if one of them is itself invalid. */
  readonly because: readonly Path[];
}

/** What a rule may consult besides the complete config. */
export interface Evidence {
  /** The user's input, without defaults. */
  readonly written: unknown;
  /** False where a value replaces an invalid one, and must not cause further findings. */
  readonly isSure: (...paths: readonly Path[]) => boolean;
}

/** Compares fields and reports every violation. `Config` is the part of the config that it reads. */
export type Rule<Config = never> = (config: Config, evidence: Evidence) => Finding[];

/** A finding about one field. @param because the other fields that led to it */
export const finding = (path: Path, value: unknown, rule: string, ...because: readonly Path[]): Finding => ({
  ...problem(path, value, rule),
  because: [path, ...because],
});

/** A finding about a field that is missing. */
export const missing = (path: Path, rule: string, ...because: readonly Path[]): Finding => ({
  ...finding(path, undefined, rule, ...because),
  shown: 'missing',
});

/**
 * The fields that decide a figure of a component: what the user wrote for it, or else the component's overrides and the
 * profile.
 */
export function sourcesOf(written: unknown, component: string, figure: keyof ComponentSize): Path[] {
  const path = ['size', 'overrides', component, figure];
  return isWritten(written, path) ? [path] : [path, ['size', 'profile']];
}

/** `a`, `a and b`, `a, b and c`. */
export const enumerate = (words: readonly string[], conjunction: 'and' | 'or' = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1) ?? ''}`;
