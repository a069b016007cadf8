import fc from 'fast-check';

const surrogates = { first: 0xd800, count: 0x800 };

const character = fc.nat({ max: 0x10ffff - surrogates.count }).map(
  (index) => String.fromCodePoint(index < surrogates.first ? index : index + surrogates.count),
  (value) => {
    const codePoint = typeof value === 'string' ? (value.codePointAt(0) ?? -1) : -1;
    if (value !== String.fromCodePoint(Math.max(0, codePoint))) throw new Error('not one character');
    return codePoint < surrogates.first ? codePoint : codePoint - surrogates.count;
  },
);

/** Texts of any Unicode characters: those of `fc.string({ unit: 'binary' })`, which makes a table of all of them first. */
export const anyText = (): fc.Arbitrary<string> => fc.string({ unit: character });
