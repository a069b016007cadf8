import fc from 'fast-check';
import { parseConfig } from '../../../charts/config';
import { formatPath, valueAt, type Path } from '../../../lib/config/path';
import { ConfigError } from '../../../lib/config/parse';
import { complete } from '../../support/complete-config';
import { anyText } from '../../support/any-text';

/** Where the texts of a config are. */
const textsIn = (value: unknown, at: Path = []): Path[] => {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]),
  );
};

const places = textsIn(complete);

function withText(path: Path, text: string): unknown {
  const copy = structuredClone(complete);
  const owner = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  owner[path.at(-1) ?? ''] = text;
  return copy;
}

/** Of one character: what ends a line or a text, reaches a terminal, turns the direction, or is half a character. */
const unseen = ['\0', '\x1b[2J', '\r\n', '\x7f', '\x9b', '\u2028', '\u202e', '\u2066', '\ud800', '\udfff'];

/** What leads out of a folder, or is replaced by a secret where the kubelet starts a container. */
const leading = ['../..', '/../a', '$(AWS_SECRET_ACCESS_KEY)'];

/** The text that is there, with something in it, before it or behind it. */
const spoiled = fc.tuple(
  fc.constantFrom(...places),
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...unseen, ...leading) }, { weight: 1, arbitrary: anyText() }),
  fc.nat(),
);

/** The rule of each refusal; undefined where the config is accepted. Any other exception is passed on. */
function refusals(input: unknown): readonly string[] | undefined {
  try {
    parseConfig(input);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Texts that no program takes for a path. */
const free =
  /\.url$|jwksUri|annotations|dropColumns|retrain\.deployment|registeredModel|issuer|audiences|subjects|jwks/;

/** Texts that are in files, and in no argument or variable of a container. */
const inFiles = /annotations|dropColumns|retrain\.deployment|drift\.reference|issuer|audiences|subjects|jwks/;

test('a text that nobody sees as it is written is accepted nowhere, nor one that leads elsewhere, and the rule is said', () => {
  expect(refusals(complete)).toBeUndefined();
  fc.assert(
    fc.property(spoiled, ([path, what, where]) => {
      const text = String(valueAt(complete, path));
      const at = where % (text.length + 1);
      const whole = text.slice(0, at) + what + text.slice(at);
      const problems = refusals(withText(path, whole));
      for (const problem of problems ?? []) expect(problem).toMatch(/^[^\n]+: [^\n]+ — [^\n]+$/);
      if (problems !== undefined) return;
      const name = formatPath(path);
      const seen = name.includes('annotations') ? whole.replace(/[\t\n]/g, '') : whole;
      expect(`${name}: ${seen}`).not.toMatch(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u);
      if (!free.test(name)) expect(`${name}: /${whole}`).not.toMatch(/\/\.\.(\/|$)/);
      if (!inFiles.test(name)) expect(`${name}: ${whole}`).not.toContain('$(');
    }),
    { numRuns: 400 },
  );
});
