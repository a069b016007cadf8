import { didYouMean } from './closest';
import { objectMeta } from './kubernetes';
import { withoutNulls } from './nulls';
import { outOfBounds, wrongType, wrongValue } from './scalar';
import type { Schema } from './schema';

/**
 * What is wrong with a value, by the rules of the API server with strict field validation. Each line gives the place,
 * the offending value, the rule and, where it can be guessed, what to write instead:
 * `spec.template.spec.containers[0].imagePullPolcy: unknown field (did you mean imagePullPolicy?)`.
 *
 * Stricter than the API server in two points: a `null` in a list or a map, which the server reads as an empty string or
 * drops with its key; and an empty string for an enum, for which it may use the default. Looser in what no schema says:
 * names, label values, CEL rules, and repeated names in the lists of built-in kinds.
 */
export function validate(value: unknown, schema: Schema): string[] {
  const problems: string[] = [];
  check(withoutNulls(value, schema), schema, undefined, { problems, strict: true });
  // A schema may state a rule twice: in its fields, and in one of its `allOf`.
  return [...new Set(problems)];
}

/** A position in the value, from the innermost key outwards. It becomes text only for a problem. */
interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

interface Walk {
  readonly problems: string[];
  /**
   * Whether an unknown field is a problem. It is not inside `allOf`, `anyOf`, `oneOf` and `not`: a structural schema
   * declares its fields outside of them.
   */
  readonly strict: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const nothing: Schema = {};
const nonEmptyString: Schema = { type: 'string', minLength: 1 };

function check(value: unknown, schema: Schema, at: Place | undefined, walk: Walk): void {
  if (value === null && schema.nullable === true) return;
  const mismatch = wrongType(value, schema);
  if (mismatch !== undefined) {
    report(mismatch, at, walk);
    return;
  }
  if (Array.isArray(value)) checkList(value, schema, at, walk);
  else if (typeof value === 'object' && value !== null) checkFields(value as Fields, schema, at, walk);
  report(wrongValue(value, schema), at, walk);
  const { allOf, anyOf, oneOf, not } = schema;
  if (allOf ?? anyOf ?? oneOf ?? not) checkAlternatives(value, schema, at, { ...walk, strict: false });
}

function checkFields(fields: Fields, schema: Schema, at: Place | undefined, walk: Walk): void {
  const properties = schema.properties ?? {};
  const resource = schema['x-kubernetes-embedded-resource'] === true;
  let count = 0;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    count++;
    const place: Place = { parent: at, key };
    const property = own(properties, key);
    if (property !== undefined) {
      // The fields of metadata are checked below for every resource; its schema can only restrict their values.
      const inner = resource && key === 'metadata' ? { ...walk, strict: false } : walk;
      check(value, property, place, inner);
    } else if (typeof schema.additionalProperties === 'object') {
      check(value, schema.additionalProperties, place, walk);
    } else if (schema.additionalProperties === true) {
      check(value, nothing, place, walk);
    } else if (walk.strict && isUnknown(key, schema)) {
      report(`unknown field${didYouMean(key, Object.keys(properties))}`, place, walk);
    }
  }
  for (const key of schema.required ?? []) {
    const missing = own(fields, key) === undefined && own(properties, key)?.default === undefined;
    if (missing) report('missing', { parent: at, key }, walk);
  }
  if (resource) checkResource(fields, at, walk);
  report(outOfBounds(count, 'fields', schema.minProperties, schema.maxProperties), at, walk);
}

/** Rules for a whole object, at the root or embedded in another one. */
function checkResource(fields: Fields, at: Place | undefined, walk: Walk): void {
  for (const key of ['apiVersion', 'kind']) {
    const value = own(fields, key) ?? undefined;
    if (value === undefined) report('missing', { parent: at, key }, walk);
    else check(value, nonEmptyString, { parent: at, key }, walk);
  }
  const metadata = own(fields, 'metadata') ?? undefined;
  if (metadata === undefined) return;
  check(withoutNulls(metadata, objectMeta()), objectMeta(), { parent: at, key: 'metadata' }, { ...walk, strict: true });
}

function checkList(list: readonly unknown[], schema: Schema, at: Place | undefined, walk: Walk): void {
  if (schema.items !== undefined || schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    list.forEach((item, key) => {
      check(item, schema.items ?? nothing, { parent: at, key }, walk);
    });
  }
  report(outOfBounds(list.length, 'items', schema.minItems, schema.maxItems), at, walk);
  const type = schema['x-kubernetes-list-type'];
  if (type === 'map') checkRepetition(list, schema, schema['x-kubernetes-list-map-keys'] ?? [], at, walk);
  else if (type === 'set') checkRepetition(list, schema, undefined, at, walk);
}

/** A list may stand for a map with a key made of some fields of each item, or for a set of whole items. */
function checkRepetition(
  list: readonly unknown[],
  schema: Schema,
  keys: readonly string[] | undefined,
  at: Place | undefined,
  walk: Walk,
): void {
  const properties = schema.items?.properties ?? {};
  const seen = new Map<string, number>();
  list.forEach((item, index) => {
    const parts = keys?.map((key) => own(Object(item) as Fields, key) ?? own(properties, key)?.default);
    const identity = JSON.stringify(parts ?? item);
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, index);
    else report(`repeats ${keys?.join(' and ') ?? 'the value'} of item ${first}`, { parent: at, key: index }, walk);
  });
}

function checkAlternatives(value: unknown, schema: Schema, at: Place | undefined, walk: Walk): void {
  const problemsOf = (form: Schema): readonly string[] => {
    const problems: string[] = [];
    check(value, form, at, { ...walk, problems });
    return problems;
  };
  for (const part of schema.allOf ?? []) check(value, part, at, walk);
  for (const forms of [schema.anyOf, schema.oneOf]) {
    if (forms === undefined) continue;
    const attempts = forms.map(problemsOf);
    const fitting = forms.filter((_, index) => attempts[index]?.length === 0);
    if (fitting.length === 0) {
      const reasons = new Set(attempts.map(([reason]) => reason));
      report(`fits none of the allowed forms (${[...reasons].join('; or ')})`, at, walk);
    } else if (forms === schema.oneOf && fitting.length > 1) {
      report(`mixes forms that exclude each other (${fitting.map(nameOfForm).join('; ')})`, at, walk);
    }
  }
  if (schema.not !== undefined && problemsOf(schema.not).length === 0) {
    report(`has a form that is not allowed (${nameOfForm(schema.not)})`, at, walk);
  }
}

function nameOfForm(form: Schema): string {
  return form.required !== undefined ? `with ${form.required.join(' and ')}` : JSON.stringify(form);
}

function isUnknown(key: string, schema: Schema): boolean {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return false;
  return schema['x-kubernetes-embedded-resource'] !== true || !['apiVersion', 'kind', 'metadata'].includes(key);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function report(problem: string | undefined, at: Place | undefined, walk: Walk): void {
  if (problem === undefined) return;
  let path = '';
  for (let place = at; place !== undefined; place = place.parent) path = spell(place.key) + path;
  walk.problems.push(`${path.replace(/^\./, '') || 'the object'}: ${problem}`);
}

function spell(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
