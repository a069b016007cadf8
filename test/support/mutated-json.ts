import fc from 'fast-check';

type Place = readonly (string | number)[];

/** Every place in a JSON value, the whole of it first. */
const placesIn = (value: unknown, at: Place = []): Place[] =>
  typeof value !== 'object' || value === null
    ? [at]
    : [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];

/** A copy with something else at a place; without what is there, where that is undefined. */
function withValueAt(value: unknown, [key, ...rest]: Place, other: unknown): unknown {
  if (key === undefined) return other;
  const entries = Object.entries(value as object).flatMap(([name, inner]): [string, unknown][] => {
    const changed = name === String(key) ? withValueAt(inner, rest, other) : (inner as unknown);
    return changed === undefined ? [] : [[name, changed]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** What does not belong where it is found. */
const anyJson = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    0,
    -1,
    1e21,
    '',
    'a',
    [],
    {},
    [null],
    ['a'],
    { a: null },
    { name: 5 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Changes of a JSON value: each puts something else at the place of a number, or takes away what is there. */
export const changes = fc.array(fc.record({ place: fc.nat(), other: anyJson }), { minLength: 1, maxLength: 3 });

/** A JSON value after such changes, which make a shorter counterexample than the value would. */
export function changed(
  value: unknown,
  list: readonly { readonly place: number; readonly other?: unknown }[],
): unknown {
  return list.reduce((current, { place, other }) => {
    const places = placesIn(current);
    return withValueAt(current, places[place % places.length] ?? [], other);
  }, value);
}
