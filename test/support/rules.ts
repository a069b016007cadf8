import { problemsWith } from './config';

/** A config that breaks rules between its fields. */
export interface Broken {
  /** What is wrong with it, after "refuses". */
  readonly sentence: string;
  /** Keys on top of those of the shortest config. */
  readonly config: object;
  readonly problems: readonly string[];
}

export function refuses(cases: readonly Broken[]): void {
  test.each(cases)('refuses $sentence', ({ config, problems }) => {
    expect(problemsWith(config)).toEqual(problems);
  });
}

/** @param cases what each config has, after "accepts", and its keys on top of those of the shortest config */
export function accepts(cases: readonly (readonly [string, object])[]): void {
  test.each(cases)('accepts %s', (_, config) => {
    expect(problemsWith(config)).toEqual([]);
  });
}
