import { dump } from 'js-yaml';
import fc from 'fast-check';
import { BlockYaml } from '../../../lib/helm/block-yaml';

const plain = (value: unknown): string => dump(value, { lineWidth: -1, noRefs: true });

const isWord = (text: string): boolean =>
  /^[a-z]+$/.test(text) && !['null', 'true', 'false', 'y', 'n', 'yes', 'no', 'on', 'off'].includes(text);

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', ' ', '\n', '\t', ':', '#', '-', '"', "'", '{', '|', 'é', '0', '\\'), { maxLength: 12 })
    .map((all) => all.join('')),
  fc.constantFrom('', 'null', 'true', '~', '1', '0755', '- a', 'a: b', '  a\n b', 'a\n\n', '\n', '<<', '=', 'yes'),
);

const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    texts,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
  ),
}));

test('any value is written byte for byte as js-yaml writes it', () => {
  const writer = new BlockYaml(plain, isWord);
  fc.assert(
    fc.property(values, (value) => {
      expect(writer.write(value)).toBe(plain(value));
    }),
    { numRuns: 3000, seed: 1 },
  );
});

test('a key without a value is left out, and an entry of a list is null', () => {
  const writer = new BlockYaml(plain, isWord);
  expect(writer.write({ a: undefined, b: { c: undefined }, d: [undefined] })).toBe('b: {}\nd:\n  - null\n');
});
