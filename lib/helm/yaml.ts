import { CORE_SCHEMA, Type, dump, loadAll } from 'js-yaml';

// Helm and kubectl read YAML 1.1 (sigs.k8s.io/yaml), where `yes` is true and `0755` is 493. js-yaml reads YAML 1.2,
// so the two types that differ are replaced. Times such as 12:30 stay strings in both.
const booleans = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

const integer = /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$/;

const schema = CORE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:bool', {
      kind: 'scalar',
      resolve: (text: unknown) => typeof text === 'string' && booleans.has(text),
      construct: (text: string) => booleans.get(text),
      predicate: (value) => typeof value === 'boolean',
      represent: String,
    }),
    new Type('tag:yaml.org,2002:int', {
      kind: 'scalar',
      resolve: (text: unknown) => typeof text === 'string' && integer.test(text),
      construct: parseInteger,
      predicate: (value) => Number.isInteger(value),
      represent: String,
    }),
  ],
});

function parseInteger(text: string): number {
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  const octal = /^0[0-7]/.test(digits);
  return (text.startsWith('-') ? -1 : 1) * Number(octal ? `0o${digits.slice(1)}` : digits);
}

/** Every document of a YAML 1.1 stream that is not empty. Throws js-yaml's error, which names line and column. */
export const parseYaml = (text: string): unknown[] =>
  loadAll(text, null, { schema }).filter((document) => document !== null && document !== undefined);

/** One document that YAML 1.1 and YAML 1.2 readers understand alike. */
export const writeYaml = (value: unknown): string => dump(value, { schema, lineWidth: -1, noRefs: true });
