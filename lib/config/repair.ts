import type { z } from 'zod';
import { schemaProblems, type SchemaProblem } from './issues';
import { hasKey, valueAt, type Path } from './path';
import { exampleAt } from './shape';

/** A config that the schema accepts, and which parts of it are not the user's. */
export interface Repair<Parsed> {
  /** Undefined where the repair failed. */
  readonly config: Parsed | undefined;
  /** Subtrees that say nothing about the user's intent. */
  readonly repaired: readonly Path[];
}

/** Each round repairs one level of the schema. */
const rounds = 10;

/**
 * Turns an invalid config into one that the schema accepts, so that the rules between fields can check the rest.
 * Invalid values are removed; what is then missing comes from the examples.
 * @param found what the schema finds wrong with the input
 */
export function repair<Parsed>(
  schema: z.ZodType<Parsed>,
  input: unknown,
  found: readonly SchemaProblem[],
): Repair<Parsed> {
  const repaired: Path[] = [];
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return { config: undefined, repaired };
  const copy = structuredClone(input);
  let problems = found;
  for (let round = 0; round < rounds; round += 1) {
    for (const { path, meant } of problems) {
      repaired.push(path, ...(meant ?? []));
      mend(schema, copy, path);
    }
    const result = schema.safeParse(copy);
    if (result.success) return { config: result.data, repaired };
    problems = schemaProblems(schema, result.error.issues, copy);
  }
  return { config: undefined, repaired };
}

/** Removing an item of a list leaves a hole, so that the paths of later items stay the same. */
function mend(schema: z.ZodType, config: object, path: Path): void {
  const owner = valueAt(config, path.slice(0, -1));
  const key = path.at(-1) ?? '';
  if (hasKey(owner, key)) Reflect.deleteProperty(owner, key);
  else if (typeof owner === 'object' && owner !== null)
    Object.assign(owner, { [key]: exampleAt(schema, path, config) });
}
