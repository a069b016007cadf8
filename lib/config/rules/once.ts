import { formatPath, type Path } from '../path';
import type { Claim } from './claims';
import { finding, type Evidence, type Finding } from './rule';

/**
 * A finding for every claim to a value that an earlier one has already.
 *
 * @param rule what to say, given the path of the first
 */
export function twice(
  isSure: Evidence['isSure'],
  claims: readonly Claim[],
  rule: (first: string) => string,
): Finding[] {
  const taken = new Map<string, Path>();
  return claims.flatMap(({ path, value }) => {
    if (!isSure(path)) return [];
    const first = taken.get(value);
    taken.set(value, first ?? path);
    return first === undefined ? [] : [finding(path, value, rule(formatPath(first)))];
  });
}

/** A list in which a second mention is a mistake. */
export const listedOnce = (path: Path, values: readonly string[], { isSure }: Evidence): Finding[] =>
  twice(
    isSure,
    values.map((value, index) => ({ path: [...path, index], value })),
    (first) => `${first} is the same (remove one of the two)`,
  );
