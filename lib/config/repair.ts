import type { z } from 'zod';
import { schemaProblems } from './issues';
import { hasKey, valueAt, type Path } from './path';
import { exampleAt } from './shape';

/** What a config is after the schema, and what of it is not the user's. */
export interface Repair<Parsed> {
  /** Undefined where no repair helps. */
  readonly config: Parsed | undefined;
  /** Whatever is at or below one of these says nothing about what the user wants. */
  readonly repaired: readonly Path[];
}

/** Each round mends one level: at most as many as the schema is deep. */
const rounds = 10;

/**
 * Makes a config that the schema accepts out of one that it does not, so that the rules that look at several fields can
 * be asked about the rest: what is wrong is left out, and what is missing then is taken from the examples.
 */
export function repair<Parsed>(schema: z.ZodType<Parsed>, input: unknown): Repair<Parsed> {
  const repaired: Path[] = [];
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return { config: undefined, repaired };
  const copy = structuredClone(input);
  for (let round = 0; round < rounds; round += 1) {
    const result = schema.safeParse(copy);
    if (result.success) return { config: result.data, repaired };
    for (const { path, meant } of schemaProblems(schema, result.error.issues, copy)) {
      repaired.push(path, ...(meant ?? []));
      mend(schema, copy, path);
    }
  }
  return { config: undefined, repaired };
}

/** In a list a value that is left out leaves its place, or the paths of those behind it would change. */
function mend(schema: z.ZodType, config: object, path: Path): void {
  const owner = valueAt(config, path.slice(0, -1));
  const key = path.at(-1) ?? '';
  if (hasKey(owner, key)) Reflect.deleteProperty(owner, key);
  else if (typeof owner === 'object' && owner !== null)
    Object.assign(owner, { [key]: exampleAt(schema, path, config) });
}
