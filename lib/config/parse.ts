import { crossFieldProblems } from './rules';
import { configSchema, type ParsedConfig } from './schema';
import { explainIssues } from './issues';
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

/** Turns what a user wrote into a complete config. Throws a `ConfigError` with every problem at once. */
export function parseConfig(input: unknown): PlatformConfig {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw new ConfigError(explainIssues(parsed.error.issues, input));
  const { size, namespacePrefix, ...rest } = parsed.data;
  const config: PlatformConfig = {
    ...rest,
    namespacePrefix: namespacePrefix ?? rest.name,
    profile: size.profile,
    sizes: sizesOf(size.profile, size.overrides),
  };
  const problems = crossFieldProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
