import { wrongType } from './scalar';
import type { Schema } from './schema';

/** A value is of another type than its schema says. The message gives the place and the type, and nothing of the value. */
export class ShapeError extends Error {}

/**
 * A value whose declared fields have the types of a schema, for code that reads them. Nulls are gone: Go writes a list or
 * map without entries as null, and JSON has no other way to leave a field out. Throws a `ShapeError` for anything else.
 *
 * Only types count: fields that the schema does not know, other values of an enum, formats and ranges differ between
 * versions of Kubernetes, and `validate` is for those.
 */
export function shaped(value: unknown, schema: Schema): unknown {
  return shape(value, schema, '');
}

function shape(value: unknown, schema: Schema, at: string): unknown {
  if (value === undefined) throw new ShapeError(`${at}: is missing`);
  if (wrongType(value, schema) !== undefined) {
    const type = schema.type ?? 'integer or string';
    throw new ShapeError(`${at === '' ? 'it' : at}: is not ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`);
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item: unknown, index) => shape(item, items, `${at}[${index}]`));
  }
  return isFields(value) ? shapeFields(value, schema, at) : value;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function shapeFields(fields: Fields, schema: Schema, at: string): Fields {
  const { properties = {}, additionalProperties, required = [] } = schema;
  const other = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const place = (key: string): string => (at === '' ? key : `${at}.${key}`);
  const known = Object.entries(fields).flatMap(([key, inner]): [string, unknown][] => {
    const property = Object.hasOwn(properties, key) ? properties[key] : other;
    if (property === undefined) return [[key, inner]];
    return inner === null || inner === undefined ? [] : [[key, shape(inner, property, place(key))]];
  });
  const result = Object.fromEntries(known);
  for (const key of required) {
    if (Object.hasOwn(result, key)) continue;
    if (!Object.hasOwn(fields, key)) throw new ShapeError(`${place(key)}: is missing`);
    result[key] = emptyOf(properties[key] ?? {}, place(key));
  }
  return result;
}

/** What a null stands for in a field that must be there. */
function emptyOf(schema: Schema, at: string): unknown {
  if (schema.type === 'array') return [];
  if (schema.type === 'object' && schema.properties === undefined) return {};
  throw new ShapeError(`${at}: is missing`);
}
