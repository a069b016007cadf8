import fc, { type Arbitrary } from 'fast-check';

/** What somebody could write anywhere. */
export const junk: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    '',
    0,
    -1,
    1.5,
    Number.NaN,
    [],
    {},
    [null],
    { a: 1 },
    Symbol('junk'),
    5n,
    () => 1,
  ),
  fc.string(),
  fc.integer(),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }),
);

/** Some inputs are without a mistake, and the others have several. */
export interface Pen {
  /** A value that fits, or something else instead. */
  readonly write: <T>(fitting: Arbitrary<T>) => Arbitrary<unknown>;
  /** An object with any of these keys, and now and then one that is not known. */
  readonly some: (keys: Readonly<Record<string, Arbitrary<unknown>>>, ...required: string[]) => Arbitrary<unknown>;
}

export function penWith(mistakes: number): Pen {
  const write: Pen['write'] = (fitting) =>
    mistakes === 0 ? fitting : fc.oneof({ weight: 100, arbitrary: fitting }, { weight: mistakes, arbitrary: junk });
  return {
    write,
    some: (keys, ...required) => {
      const known = fc.record(keys, { requiredKeys: required });
      const unknown = fc.constantFrom('exposee', 'password', '__proto__', 'constructor', 'x y');
      const withUnknown = fc.tuple(known, unknown, junk).map(([record, key, value]) => {
        const copy: Record<string, unknown> = { ...record };
        Object.defineProperty(copy, key, { value, enumerable: true });
        return copy;
      });
      return write(
        mistakes === 0
          ? known
          : fc.oneof({ weight: 100, arbitrary: known }, { weight: mistakes, arbitrary: withUnknown }),
      );
    },
  };
}
