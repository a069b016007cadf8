import { parseConfig, type Config, type PlatformConfig } from '../../charts/config';
import { ConfigError } from '../../lib/config/parse';

/** A part of a manifest, which tests look deep into. */
export type Loose = ReturnType<typeof JSON.parse>;

/** The shortest config that is accepted. */
export const smallest: Config = { cluster: { externalHost: '192.0.2.10' }, size: { profile: 'team' } };

/** A model that is accepted. */
export const creditcard = { name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1' } as const;

/** The shortest config with some keys of its own. */
export const withKeys = (keys: object): unknown => ({ ...smallest, ...keys });

/** The complete config of the shortest one with some keys of its own. */
export const parse = (keys: object = {}): PlatformConfig => parseConfig(withKeys(keys));

/** Every service switched off, for the key `services`. */
export const everythingOff = Object.fromEntries(Object.keys(parse().services).map((name) => [name, false]));

/** What a config is refused for; empty where it is accepted. Any other exception is passed on. */
export function problemsOf(input: unknown): readonly string[] {
  try {
    parseConfig(input);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The same for the shortest config with some keys of its own. */
export const problemsWith = (keys: object): readonly string[] => problemsOf(withKeys(keys));

/** An object with one value at a path such as `services.kafka.replicationFactor` or `models[0].name`. */
export function at(path: string, value: unknown): Record<string, unknown> {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  return keys.reduceRight<unknown>((inner, key) => {
    if (!/^\d+$/.test(key)) return { [key]: inner };
    return Array.from({ length: Number(key) + 1 }, (_, index) => (index === Number(key) ? inner : undefined));
  }, value) as Record<string, unknown>;
}

/** Objects merged key by key; anything else of the second replaces that of the first. */
export function merge(base: unknown, change: unknown): unknown {
  if (!isRecord(base) || !isRecord(change)) return change;
  const keys = [...new Set([...Object.keys(base), ...Object.keys(change)])];
  return Object.fromEntries(keys.map((key) => [key, key in change ? merge(base[key], change[key]) : base[key]]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
