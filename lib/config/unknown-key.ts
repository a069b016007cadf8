import type { z } from 'zod';
import { closest } from '../schema/closest';
import { formatPath, valueAt, type Path } from './path';
import { problem, unknownProblem, type Problem } from './problem';
import { enumerate } from './rule';
import { knownKeys, otherKeys, type Choice } from './shape';

/** A key that the schema does not have at its place. */
export interface UnknownKey extends Problem {
  /** The keys that were probably meant. @default none */
  readonly meant: readonly Path[];
}

/**
 * Explains where an unknown key belongs: in another branch of a union, in a neighbouring object, or, when misspelled,
 * in place of a known key.
 */
export function unknownKey(schema: z.ZodType, path: Path, input: unknown): UnknownKey {
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  const others = otherKeys(schema, owner, input);
  const owners = others.get(key);
  if (owners !== undefined) {
    const rule = `${belongsTo(owners)} (remove it, or ${changeTo(owners)})`;
    return { ...problem(path, valueAt(input, path), rule), meant: [] };
  }

  const unknown = (advice: string, meant: readonly Path[] = []): UnknownKey => ({
    ...unknownProblem(path, valueAt(input, path), `unknown key (${advice})`),
    meant: meant.map((keys) => [...owner, ...keys]),
  });
  const known = knownKeys(schema, owner, input);
  const inner = known
    .filter((beside) => knownKeys(schema, [...owner, beside], input).includes(key))
    .map((beside) => [beside, key]);
  if (inner.length > 0) return unknown(`did you mean ${enumerate(inner.map(formatPath), 'or')}?`, inner);

  const near = closest(key, known);
  if (near.length > 0)
    return unknown(
      `did you mean ${near.join(' or ')}?`,
      near.map((one) => [one]),
    );
  const [other] = closest(key, [...others.keys()]);
  if (other !== undefined) return unknown(`did you mean ${other}? It ${belongsTo(others.get(other) ?? [])}`);
  return unknown(known.length === 0 ? 'remove it' : `known: ${known.join(', ')}`);
}

/** `belongs to type "ingress"`, `belongs to types "slack" and "email"`. */
const belongsTo = (branches: readonly Choice[]): string =>
  `belongs to ${branches[0]?.key}${branches.length === 1 ? '' : 's'} ${enumerate(branches.map(written))}`;

const changeTo = ([first, ...others]: readonly Choice[]): string =>
  first !== undefined && others.length === 0 ? `write ${first.key}: ${written(first)}` : `change the ${first?.key}`;

const written = ({ value }: Choice): string => JSON.stringify(value);
