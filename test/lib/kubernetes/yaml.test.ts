import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { helmBinary, kubectlBinary } from '../../../lib/helm/binary';
import { parseYaml, writeYaml } from '../../../lib/kubernetes/yaml';
import { anyText } from '../../support/any-text';
import { writeChart } from '../../support/helm-chart';
import { temporaryFolder } from '../../support/temporary';

const folder = temporaryFolder();

/** What helm itself reads in each of these texts, or the start of its refusal. */
async function readByHelm(texts: readonly string[]): Promise<unknown[]> {
  const chart = writeChart(join(folder, 'reader'), {
    'templates/a.yaml': 'texts:\n{{- range .Values.texts }}\n- {{ . | fromYaml | toJson | b64enc }}\n{{- end }}\n',
  });
  const output = execFileSync(await helmBinary(), ['template', chart.path, '--values', '-'], {
    input: JSON.stringify({ texts }),
    maxBuffer: 1e9,
  }).toString();
  // What helm read is told in base64, so that nothing has to read YAML to understand it.
  return [...output.matchAll(/^- (.+)$/gm)].map(
    ([, line = '']) => JSON.parse(Buffer.from(line, 'base64').toString()) as unknown,
  );
}

/** Words that one reader of YAML or another takes for something else than a text. */
const words = [
  ...[
    '',
    ' ',
    'y',
    'Y',
    'yes',
    'Yes',
    'YES',
    'yEs',
    'n',
    'N',
    'no',
    'NO',
    'on',
    'On',
    'ON',
    'off',
    'OFF',
    'true',
    'TRUE',
  ],
  ...[
    'tRUE',
    'false',
    'False',
    '~',
    'null',
    'Null',
    'NULL',
    'nUll',
    '=',
    '<<',
    '0',
    '00',
    '-0',
    '+0',
    '+12',
    '08',
    '0755',
  ],
  ...[
    '-0755',
    '0o17',
    '0O17',
    '0x1f',
    '0X1F',
    '0x',
    '-0x1F',
    '0b101',
    '0B1',
    '0b2',
    '1_000',
    '1__0',
    '_1',
    '1_',
    '0x1_f',
  ],
  ...[
    '1_000.5',
    '12:30:45',
    '190:20:30.15',
    '1:2',
    '2001-01-01',
    '2001-1-1',
    '2001-12-14t21:59:43.10-05:00',
    '1e3',
    '1E3',
  ],
  ...[
    '1e+3',
    '1e-3',
    '1.e3',
    '.5e1',
    '1.',
    '.5',
    '+.5',
    '-.5',
    '1e400',
    '1e',
    '.e3',
    '.',
    '..',
    '-',
    '--',
    '---',
    '...',
    '+',
  ],
  ...[
    '.inf',
    '-.inf',
    '+.Inf',
    '.nan',
    '.NaN',
    'inf',
    'NaN',
    'Infinity',
    '9007199254740991',
    '9223372036854775808',
    '1.5.2',
  ],
  ...[
    '1,000',
    '0x1p4',
    '1 ',
    ' 1',
    '- a',
    'a: b',
    'a #b',
    '#a',
    '%a',
    '@a',
    '`a',
    '!a',
    '&a',
    '*a',
    '|',
    '>',
    '?',
    '? a',
  ],
  ...[
    "'",
    '"',
    "it's",
    '{a',
    '[a',
    '}',
    ']',
    ',',
    ':',
    ':a',
    'a:',
    '\\',
    '\t',
    'a\tb',
    'a\n',
    '\na',
    'a\n\nb\n\n',
    ' a\nb',
  ],
  ...[
    'a \nb',
    'a\r\nb',
    'a\rb',
    '\u0000',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\u007f',
    'é',
    '日本',
    '😀',
    'x'.repeat(3000),
  ],
  ...[
    'line '.repeat(400),
    '\n',
    '\n\n',
    ' \n',
    '\t\n a',
    '# a\n# b',
    '---\na',
    '...\n',
    'a\n...\nb',
    '{{ .Values }}',
    '$(x)',
  ],
];

// Lone halves of surrogate pairs are no text, and no file can hold them.
const text = fc.oneof(fc.constantFrom(...words), anyText(), fc.string());
const leaf = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e21, -1e21, 1e-7, 1.5e300, 5e-324, 0.1),
);
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('document'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('document'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

/** JSON has no negative zero. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('whatever is written is read as the same', () => {
  fc.assert(
    fc.property(document, (value) => {
      expect(parseYaml(writeYaml({ value }))).toEqual([asJson({ value })]);
    }),
    { numRuns: 2000 },
  );
});

test('helm reads what is written as the same', async () => {
  const values = [
    ...words,
    ...words.map((word) => ({ [word]: word })),
    ...fc.sample(document, { numRuns: 300, seed: 1 }),
  ];
  const read = await readByHelm(values.map((value) => writeYaml({ value })));
  expect(read).toEqual(values.map((value) => asJson({ value })));
});

test('kubectl reads what is written as the same', async () => {
  const data = Object.fromEntries(words.map((word, index) => [`key-${index}`, word]));
  const file = join(folder, 'configmap.yaml');
  writeFileSync(file, writeYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'demo' }, data }));
  const args = ['label', '--local', '--filename', file, '--output', 'json', 'a=b'];
  const env = { PATH: process.env.PATH, KUBECONFIG: '/dev/null' };
  const output = execFileSync(await kubectlBinary(), args, { env, stdio: 'pipe' }).toString();
  expect(JSON.parse(output)).toMatchObject({ data });
});

test('words are read as helm reads them', async () => {
  // Without those that no reader can take for a value, or that helm refuses.
  const refused = /^([-+]?\.inf|\.nan|-|---|:|a:|:a|\.\.\.)$/i;
  const plain = words.filter((word) => /^[-+.=<~\w:]+$/.test(word) && !refused.test(word));
  expect(plain.length).toBeGreaterThan(80);
  // Helm takes neither null, nor 2^63, nor more than 1,024 letters for a key.
  const keys = plain.filter((word) => !/^(~|null|9223372036854775808)$/i.test(word) && word.length < 1024);
  const texts = [
    ...plain.map((word) => `value: ${word}`),
    ...keys.map((word) => `"a": 1\n${word === '<<' ? '"<<"' : word}: 1`),
    ...plain.map((word) => `value: "${word}"`),
    ...plain.map((word) => `value: !!str ${word}`),
  ];
  const ours = texts.map((each) => asJson(parseYaml(each)[0]));
  expect(ours).toEqual((await readByHelm(texts)).map(asJson));
});

const structures = [
  ['merged mappings', 'a: &a {p: 1, q: 2}\nb: &b {r: 3, p: 4}\nc: {<<: *a, q: 5}\nd:\n  <<: [*a, *b]\n  s: 6\n'],
  ['anchors', 'a: &a [1, 2]\nb: *a\nc: &c yes\nd: *c\n'],
  ['block texts', 'a: |\n  x\n   y\n\nb: |-\n  x\n\nc: |+\n  x\n\nd: >\n  x\n  y\n\n  z\ne: >-\n  x\nf: |2\n    x\n'],
  ['quoted texts', 'a: "x\\ty\\u00e9\\U0001F600 \\\n  z"\nb: \'it\'\'s\'\nc: x\n  y\nd: "x\n\n  y"\n'],
  ['comments', '# a\na: x # y\nb: "x # y"\nc: x#y\n'],
  ['flow collections', 'a: [1, x, {b: c}, ]\nd: {e: , f: g}\nh: {}\ni: []\n'],
  ['nulls', 'a:\nb: ~\nc: null\n'],
] as const;

describe('as helm reads them', () => {
  let readings: unknown[];

  beforeAll(async () => {
    readings = await readByHelm(structures.map(([, text]) => text));
  });

  test.each(structures.map(([name, text], index) => [name, text, index] as const))('%s are read', (_, text, index) => {
    expect(parseYaml(text)[0]).toEqual(readings[index]);
  });
});

test('a stream is read document by document, and empty ones are left out', () => {
  expect(parseYaml('---\n# nothing\n---\na: 1\n---\n---\nb: 2\n...\n')).toEqual([{ a: 1 }, { b: 2 }]);
  expect(parseYaml('')).toEqual([]);
});

test('invalid YAML is refused with line and column', () => {
  expect(() => parseYaml('a: 1\nb: [\n')).toThrow('(3:1)');
  expect(() => parseYaml('a: 1\na: 2\n')).toThrow(/duplicated mapping key \(2:1\)/);
});

test('what JSON cannot express is neither read nor written', () => {
  for (const number of ['.inf', '-.Inf', '.nan']) expect(() => parseYaml(`a: ${number}`)).toThrow(number);
  for (const value of [Infinity, NaN, () => 1]) expect(() => writeYaml({ value })).toThrow('unacceptable');
});

test('words that other readers take for something else are quoted', () => {
  const quoted = ['yes', 'n', '0755', '1e400', '12:30:45', '2001-01-01', '=', '<<', '0b1', '.5', '.inf', '~', '1_000'];
  for (const word of quoted) expect(writeYaml(word)).toBe(`'${word}'\n`);
  for (const word of ['v1', '1.2.3', 'a=b', 'None', '2001-01-01-a']) expect(writeYaml(word)).toBe(`${word}\n`);
});

test('a text of many lines is written as a block, and a long line is not folded', () => {
  expect(writeYaml({ script: 'a\n  b: "c"\n' })).toBe('script: |\n  a\n    b: "c"\n');
  expect(writeYaml({ line: 'word '.repeat(100).trim() })).toBe(`line: ${'word '.repeat(100).trim()}\n`);
  expect(writeYaml({ again: [1, 2], same: [1, 2] })).not.toContain('&');
});
