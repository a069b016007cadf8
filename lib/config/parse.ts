import type { z } from 'zod';
import { schemaProblems } from './issues';
import { Parts, type Path } from './path';
import { plainCopy } from './plain';
import { formatProblem } from './problem';
import { repair } from './repair';
import type { Rule } from './rule';
import { inOrder } from './shape';

/** All problems of a config, one per line: `path: value — rule (what to write instead)`. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** How to read a config. */
export interface ConfigParser<Parsed, Config> {
  readonly schema: z.ZodType<Parsed>;
  /** Adds the values that are derived from the user's choices. */
  readonly complete: (parsed: Parsed) => Config;
  /** Rules between the fields of a complete config. */
  readonly rules: readonly Rule<Config>[];
}

/**
 * Turns the user's input into a complete, deeply frozen config. For any invalid input it throws one `ConfigError` with
 * every problem, and nothing else.
 */
export function parse<Parsed, Config>(
  { schema, complete, rules }: ConfigParser<Parsed, Config>,
  input: unknown,
): Config {
  const { copy, problems: unusable } = plainCopy(input);
  const result = schema.safeParse(copy);
  const left = new Parts(unusable.map(({ path }) => path));
  const found = result.success ? [] : schemaProblems(schema, result.error.issues, copy);
  const refused = found.filter(({ path }) => !left.hold(path));
  const { config, repaired } = result.success ? { config: result.data, repaired: [] } : repair(schema, copy, found);
  const doubtful = new Parts([...unusable.map(({ path }) => path), ...repaired]);
  const isSure = (...paths: readonly Path[]): boolean => !paths.some((path) => doubtful.hold(path));
  const findings = (whole: Config) =>
    rules.flatMap((rule) => rule(whole, { written: copy, isSure })).filter(({ because }) => isSure(...because));
  const broken = config === undefined ? [] : findings(complete(config));
  const problems = inOrder(schema, [...unusable, ...refused, ...broken]);
  if (problems.length > 0 || config === undefined) throw new ConfigError(problems.map(formatProblem));
  return deepFreeze(complete(config));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
