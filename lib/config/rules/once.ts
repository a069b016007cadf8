import type { Claim } from '../claims';
import { formatPath, type Path } from '../path';
import { finding, type Evidence, type Finding } from '../rule';

/**
 * A finding for each claim whose value an earlier one already has.
 *
 * @param rule the message, given the path of the first claim
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

/** Reports repeated entries of a list. */
export const listedOnce = (path: Path, values: readonly string[], { isSure }: Evidence): Finding[] =>
  twice(
    isSure,
    values.map((value, index) => ({ path: [...path, index], value })),
    (first) => `${first} is the same (remove one of the two)`,
  );
