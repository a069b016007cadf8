import { schemaProblems } from './issues';
import { Parts, type Path } from './path';
import { plainCopy } from './plain';
import { formatProblem } from './problem';
import { repair } from './repair';
import { findings } from './rules';
import { configSchema, type ParsedConfig } from './schema';
import { inOrder } from './shape';
import { sizesOf, type Profile, type Sizes } from './sizes';

/** The complete config: every default filled in, every rule kept. Frozen all the way down. */
export interface PlatformConfig extends Omit<ParsedConfig, 'size' | 'namespacePrefix'> {
  readonly namespacePrefix: string;
  readonly profile: Profile;
  readonly sizes: Sizes;
}

/** Everything that is wrong with a config, one line each: `path: value — rule (what to write instead)`. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Helps an editor complete and check `config.ts`; changes nothing. */
export { type Config } from './schema';

/**
 * Turns what a user wrote into a complete config. Throws a `ConfigError` with every problem at once, and nothing else,
 * whatever the input is.
 */
export function parseConfig(input: unknown): PlatformConfig {
  const { copy, problems: unusable } = plainCopy(input);
  const result = configSchema.safeParse(copy);
  const left = new Parts(unusable.map(({ path }) => path));
  const refused = result.success
    ? []
    : schemaProblems(configSchema, result.error.issues, copy).filter(({ path }) => !left.hold(path));
  const { config, repaired } = result.success ? { config: result.data, repaired: [] } : repair(configSchema, copy);
  const doubtful = new Parts([...unusable.map(({ path }) => path), ...repaired]);
  const isSure = (...paths: readonly Path[]): boolean => !paths.some((path) => doubtful.hold(path));
  const broken = config === undefined ? [] : findings(complete(config), { written: copy, isSure });
  const problems = inOrder(configSchema, [...unusable, ...refused, ...broken]);
  if (problems.length > 0 || config === undefined) throw new ConfigError(problems.map(formatProblem));
  return deepFreeze(complete(config));
}

function complete({ size, namespacePrefix, ...rest }: ParsedConfig): PlatformConfig {
  return {
    ...rest,
    namespacePrefix: namespacePrefix ?? rest.name,
    profile: size.profile,
    sizes: sizesOf(size.profile, size.overrides),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
