import { CORE_SCHEMA, Type, dump, loadAll, type TypeConstructorOptions } from 'js-yaml';

// Helm and kubectl read YAML 1.1 as sigs.k8s.io/yaml does (its goyaml.v2/resolve.go): `yes` is true, `0755` is 493,
// `1_000` is 1000 and `<<` merges, but dates and times such as 12:30 are strings. js-yaml reads YAML 1.2, so the types
// that differ are replaced.
const booleans = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

const integer = /^[-+]?(0[bB][01_]+|0[oO]?[0-7_]+|0[xX][0-9a-fA-F_]+|0|[1-9][0-9_]*)$/;
const float = /^[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9_]+)?$/;
const date = /^\d{4}-\d\d?-\d\d?([Tt \t].*)?$/;
const noNumber = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

const schema = CORE_SCHEMA.extend({
  implicit: [
    scalar('bool', (text) => booleans.has(text), {
      construct: (text: string) => booleans.get(text),
      predicate: (value: unknown) => typeof value === 'boolean',
      represent: String,
    }),
    scalar('int', (text) => integer.test(text), {
      construct: parseInteger,
      predicate: Number.isInteger,
      represent: (value: unknown) => BigInt(value as number).toString(), // Without an exponent.
    }),
    scalar('float', (text) => (float.test(text) && Number.isFinite(parseFloating(text))) || noNumber.test(text), {
      construct: (text: string) => {
        if (noNumber.test(text)) throw new Error(`${text}: neither JSON nor Kubernetes has such a number`);
        return parseFloating(text);
      },
      predicate: Number.isFinite,
      represent: (value: unknown) => String(value).replace(/^(-?\d+)e/, '$1.e'), // YAML 1.1 requires the dot.
    }),
    scalar('merge', (text) => text === '<<'),
  ],
});

/** Quotes strings that other readers take for a date or infinity. */
const cautious = schema.extend({
  implicit: [scalar('timestamp', (text) => date.test(text) || float.test(text))],
});

function scalar(name: string, matches: (text: string) => boolean, rest?: Partial<TypeConstructorOptions>): Type {
  return new Type(`tag:yaml.org,2002:${name}`, {
    kind: 'scalar',
    resolve: (text: unknown) => typeof text === 'string' && matches(text),
    ...rest,
  });
}

function parseInteger(text: string): number {
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  const octal = /^0[0-7]/.test(digits);
  return (text.startsWith('-') ? -1 : 1) * Number(octal ? `0o${digits.slice(1)}` : digits);
}

const parseFloating = (text: string): number => Number(text.replaceAll('_', ''));

/** Every non-empty document of a YAML 1.1 stream. Throws js-yaml's error, with line and column. */
export const parseYaml = (text: string): unknown[] =>
  loadAll(text, null, { schema }).filter((document) => document !== null && document !== undefined);

/**
 * One document that YAML 1.1 and 1.2 readers understand alike. Throws an error for values that JSON cannot express,
 * such as NaN.
 */
export const writeYaml = (value: unknown): string => dump(value, { schema: cautious, lineWidth: -1, noRefs: true });
