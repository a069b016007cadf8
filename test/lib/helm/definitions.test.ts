import fc from 'fast-check';
import { dump } from 'js-yaml';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { helmBinary } from '../../../lib/helm/binary';
import { bundledDefinitions, withoutDescriptions } from '../../../lib/helm/definitions';
import { parseYaml } from '../../../lib/kubernetes/yaml';
import { projectRoot } from '../../../lib/project';
import { run } from '../../support/cli';

const head = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n';

/** What a reader who leaves out each description that is no property makes of a rendering. */
const read = (text: string): unknown =>
  JSON.parse(
    JSON.stringify(parseYaml(text), (key, value: unknown) =>
      key === 'description' && (typeof value !== 'object' || value === null) ? undefined : value,
    ),
  );

test.each([
  ['on one line', 'spec:\n  description: one line\n  type: object\n'],
  ['on several lines', 'spec:\n  description: one\n    two\n\n    three\n  type: object\n'],
  ['in quotes', 'spec:\n  description: "one: #\n    two"\n  type: object\n'],
  ['as a block', 'spec:\n  description: |-\n    one\n      two\n\n    type: no\n  type: object\n'],
  [
    'first in an entry of a list',
    'spec:\n  - description: one\n      two\n    name: a\n  - name: b\n    description: x\n',
  ],
])('a description %s is dropped', (_, text) => {
  const shortened = withoutDescriptions(head + text);
  expect(shortened).not.toContain('one');
  expect(read(shortened)).toEqual(read(head + text));
});

test.each([
  ['in the middle of another text', 'spec:\n  pattern: |\n    a\n    description: b\n  type: object\n'],
  ['in the middle of a quoted text', 'spec:\n  pattern: "a\n    description: b\n    c"\n'],
  ['the name of a property', 'spec:\n  properties:\n    description:\n      type: string\n'],
  ['all that there is', 'spec:\n  status:\n    description: all\n  type: object\n'],
])('what looks like a description, but is %s, does not change what is read', (_, text) => {
  expect(read(withoutDescriptions(head + text))).toEqual(read(head + text));
});

test('objects other than definitions keep their descriptions, even in the same rendering', () => {
  const rule = 'kind: PrometheusRule\nannotations:\n  description: Drift\n';
  expect(withoutDescriptions(`---\n${rule}---\n${head}spec:\n  description: a\n  x: 1\n---\n${rule}`)).toBe(
    `---\n${rule}---\n${head}spec:\n  x: 1\n---\n${rule}`,
  );
});

const word = fc.constantFrom(
  'description',
  'description: a',
  '- description: b',
  'type',
  'a',
  'b: c',
  '',
  '#',
  '"',
  "'",
);
const text = fc.array(word, { maxLength: 6 }).chain((words) => fc.constantFrom(words.join(' '), words.join('\n')));
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('description', 'type', 'x-a', 'yes', '1', 'a b'), tie('node'), { maxKeys: 4 }),
  ),
}));

test('whatever a definition holds, and in whatever style, everything else is read as it was', () => {
  const styles = fc.record({
    lineWidth: fc.constantFrom(-1, 20, 80),
    indent: fc.constantFrom(2, 4),
    noArrayIndent: fc.boolean(),
    flowLevel: fc.constantFrom(-1, 3),
    forceQuotes: fc.boolean(),
  });
  fc.assert(
    fc.property(node, styles, (spec, style) => {
      const rendering = head + dump({ spec }, { noRefs: true, ...style });
      expect(read(withoutDescriptions(rendering))).toEqual(read(rendering));
    }),
    { numRuns: 5000, seed: 1 },
  );
});

describe('the definitions of a bundled chart', () => {
  const charts = readdirSync(join(projectRoot, 'helm'));

  test.each(charts)('%s: are those that helm would include', async (name) => {
    const chart = join(projectRoot, 'helm', name);
    const { stdout } = await run(await helmBinary(), ['show', 'crds', chart]);
    expect(await bundledDefinitions(chart)).toEqual(parseYaml(stdout));
  });
});
