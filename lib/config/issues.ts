import type { z } from 'zod';
import { didYouMean } from '../schema/closest';
import { isWritten, Parts, valueAt, type Path } from './path';
import { problem, type Problem } from './problem';
import { enumerate } from './rule';
import { exampleAt, knownKeys } from './shape';
import { unknownKey, type UnknownKey } from './unknown-key';

type Issue = z.core.$ZodIssue;

/** A problem that the schema found: a wrong value, an unknown key or a missing key. */
export type SchemaProblem = Problem & Partial<UnknownKey>;

/** Turns zod's issues into problems for the user, one for each correction to make. */
export function schemaProblems(schema: z.ZodType, issues: readonly Issue[], input: unknown): SchemaProblem[] {
  const problems = issues.flatMap((issue) => problemsOf(schema, issue, input, []));
  // A misspelled required key is both unknown and missing, but takes one correction.
  const meant = new Parts(problems.flatMap((found) => found.meant ?? []));
  return problems.filter(({ path }) => isWritten(input, path) || !meant.hold(path));
}

function problemsOf(schema: z.ZodType, issue: Issue, input: unknown, prefix: Path): SchemaProblem[] {
  const path = [...prefix, ...(issue.path as Path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(schema, [...path, key], input));
    case 'invalid_key':
      return [problem(path, valueAt(input, path), issue.issues.map(({ message }) => `the key ${message}`).join(', '))];
    case 'invalid_union':
      return unionProblems(schema, issue, input, path);
    case 'invalid_type':
    case 'invalid_value':
      return [wrongValue(schema, issue, input, path)];
    default:
      return [problem(path, valueAt(input, path), issue.message)];
  }
}

function wrongValue(
  schema: z.ZodType,
  issue: Extract<Issue, { code: 'invalid_type' | 'invalid_value' }>,
  input: unknown,
  path: Path,
): Problem {
  // The primitives word their own rules; zod's words for the rest are "Invalid input: expected …".
  if (issue.message.startsWith('must '))
    return expected(path, input, suggest(issue.message, [issue], valueAt(input, path)));
  if (issue.code === 'invalid_value') return expected(path, input, oneOf(issue.values, valueAt(input, path)));
  const noun = nouns[issue.expected] ?? issue.expected;
  const example = noun === 'object' ? ` (write e.g. ${literal(exampleAt(schema, path, input))})` : '';
  return expected(path, input, `must be ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}${example}`);
}

const nouns: Readonly<Record<string, string>> = { record: 'object', array: 'list' };

/** A value in TypeScript notation, for the few kinds of values that examples contain. */
function literal(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${literal(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function expected(path: Path, input: unknown, rule: string): Problem {
  return isWritten(input, path) ? problem(path, valueAt(input, path), rule) : { path, shown: 'missing', rule };
}

/** Problems of a value that matches no branch of a union: those of the closest branch. */
function unionProblems(
  schema: z.ZodType,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  input: unknown,
  path: Path,
): SchemaProblem[] {
  const value = valueAt(input, path);
  if ('options' in issue && Array.isArray(issue.options)) {
    const owner = path.slice(0, -1);
    const known = knownKeys(schema, owner, input);
    const unknown = Object.keys(valueAt(input, owner) as object).filter((key) => !known.includes(key));
    return [
      expected(path, input, oneOf(issue.options, value)),
      ...unknown.map((key) => unknownKey(schema, [...owner, key], input)),
    ];
  }
  if (typeof value === 'object' && value !== null) {
    // For `false` or an object, only the object's problems help with an object.
    const branch = issue.errors.find((inner) =>
      inner.every(({ code, path: at }) => at.length > 0 || code === 'unrecognized_keys'),
    );
    if (branch !== undefined) return branch.flatMap((inner) => problemsOf(schema, inner, input, path));
  }
  if (issue.message.startsWith('must ')) {
    return [expected(path, input, suggest(issue.message, issue.errors.flat(), value))];
  }
  const allowed = issue.errors.flatMap((branch) =>
    branch.slice(0, 1).map((inner) => (inner.code === 'invalid_value' ? oneOf(inner.values, value) : inner.message)),
  );
  return [
    expected(
      path,
      input,
      allowed.map((rule, index) => (index === 0 ? rule : rule.replace(/^must be /, ''))).join(' or '),
    ),
  ];
}

/** A rule that suggests the probable word instead of its example. */
function suggest(rule: string, issues: readonly Issue[], value: unknown): string {
  const near = nearWord(
    issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : [])),
    value,
  );
  return near === '' ? rule : `${rule.replace(/ \(write e\.g\. .*\)$/, '')}${near}`;
}

const oneOf = (values: readonly unknown[], value: unknown): string =>
  `must be ${enumerate(values.map(written), 'or')}${nearWord(values, value)}`;

const written = (value: unknown): string => JSON.stringify(value);

const nearWord = (options: readonly unknown[], value: unknown): string =>
  typeof value === 'string'
    ? didYouMean(
        value,
        options.filter((option) => typeof option === 'string'),
      )
    : '';
