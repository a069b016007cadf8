import type { z } from 'zod';
import { didYouMean } from '../schema/closest';
import { configSchema } from './schema';

type Issue = z.core.$ZodIssue;

/** zod's issues as lines for the user: `path: value — rule`, one for each thing to mend, in the order of the config. */
export function explainIssues(issues: readonly Issue[], input: unknown): string[] {
  return issues.flatMap((issue) => explain(issue, input, []));
}

function explain(issue: Issue, input: unknown, prefix: readonly PropertyKey[]): string[] {
  const path = [...prefix, ...issue.path];
  const value = valueAt(input, path);
  const line = (text: string): string[] => [problem(path, value, text)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const unknown = [...path, key];
        return problem(unknown, valueAt(input, unknown), unknownKey(key, path));
      });
    case 'invalid_union':
      return explainUnion(issue, input, path);
    case 'invalid_type':
      return [expected(path, input, withArticle(issue.expected))];
    case 'invalid_value':
      return [expected(path, input, `${oneOf(issue.values)}${hint(value, issue.values)}`)];
    case 'invalid_key':
      return line(`is no valid name${hint(path.at(-1), [])}`);
    default:
      return line(lowerFirst(issue.message));
  }
}

function expected(path: readonly PropertyKey[], input: unknown, what: string): string {
  return isMissing(input, path)
    ? `${format(path)}: missing — must be ${what}`
    : problem(path, valueAt(input, path), `must be ${what}`);
}

/** A value that fits none of several shapes: explained by the shape that it comes closest to. */
function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>, input: unknown, path: PropertyKey[]): string[] {
  const value = valueAt(input, path);
  if ('discriminator' in issue && issue.discriminator !== undefined) {
    const options = 'options' in issue && Array.isArray(issue.options) ? (issue.options as unknown[]) : [];
    return [expected(path, input, `${oneOf(options)}${hint(value, options)}`)];
  }
  const isObject = typeof value === 'object' && value !== null;
  const distance = (branch: readonly Issue[]): number =>
    branch.reduce((sum, { code, path: at }) => {
      // Another kind of value altogether is further away than any mistake inside an object of the right shape.
      if (at.length === 0 && (code === 'invalid_type' || code === 'invalid_value')) return sum + 1000;
      return sum + (code === 'unrecognized_keys' && at.length === 0 ? 10 : 1);
    }, 0);
  const best = [...issue.errors].sort((a, b) => distance(a) - distance(b))[0];
  if (best === undefined || !isObject) {
    const allowed = issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation));
    return [problem(path, value, `must be ${[...new Set(allowed)].join(' or ')}`)];
  }
  return best.flatMap((inner) => explain(inner, input, path));
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_value') return oneOf(issue.values);
  return issue.code === 'invalid_type'
    ? withArticle(issue.expected)
    : lowerFirst(issue.message).replace(/^must be /, '');
}

function unknownKey(key: string, parent: readonly PropertyKey[]): string {
  const known = knownKeys(parent);
  const near = didYouMean(key, known);
  if (near !== '') return `unknown key${near}`;
  return known.length === 0 ? 'unknown key (remove it)' : `unknown key (known are ${known.join(', ')})`;
}

/** Keys that the schema knows at a path, whichever shape of a union they belong to. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schemas: unknown[] = [configSchema];
  for (const key of path) {
    schemas = schemas.flatMap(shapes).flatMap((schema) => {
      const { shape, element } = schema as { shape?: Record<PropertyKey, unknown>; element?: unknown };
      const next = typeof key === 'number' ? element : shape?.[key];
      return next === undefined ? [] : [next];
    });
  }
  return [
    ...new Set(schemas.flatMap(shapes).flatMap((schema) => Object.keys((schema as { shape?: object }).shape ?? {}))),
  ];
}

/** The object shapes behind defaults, optionals and unions. */
function shapes(schema: unknown): unknown[] {
  const { def } = schema as { def?: { innerType?: unknown; options?: unknown[] } };
  if (def?.innerType !== undefined) return shapes(def.innerType);
  return def?.options === undefined ? [schema] : def.options.flatMap(shapes);
}

/** One line of the list. Text that could be a secret by mistake is shortened by its length alone. */
export function problem(path: readonly PropertyKey[], value: unknown, rule: string): string {
  const text = value === undefined ? 'undefined' : (JSON.stringify(value) as string | undefined);
  const shown = text === undefined ? String(value) : text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `${format(path)}: ${shown} — ${rule}`;
}

/** `services.kafka.expose`, `models[0].name`. */
function format(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'config' : text.replace(/^\./, '');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  );
}

function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  const parent = valueAt(input, path.slice(0, -1));
  const key = path.at(-1);
  return key !== undefined && typeof parent === 'object' && parent !== null && !Object.hasOwn(parent, key);
}

const oneOf = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

function hint(value: unknown, options: readonly unknown[]): string {
  const words = options.filter((option) => typeof option === 'string');
  return typeof value === 'string' ? didYouMean(value, words) : '';
}

function withArticle(noun: string): string {
  const names: Record<string, string> = { record: 'object', int: 'whole number', bool: 'boolean' };
  const name = names[noun] ?? noun;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
