import type { Schema } from './schema';

/**
 * The value without nulls in declared fields that are not nullable: the API server drops them before validation
 * (k8s.io/apiextensions-apiserver, pkg/apiserver/schema/defaulting/prunenulls.go). Returns a value without nulls
 * itself.
 */
export function withoutNulls(value: unknown, schema: Schema): unknown {
  return hasNull(value) ? copyWithoutNulls(value, schema) : value;
}

function hasNull(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  return value === null || Object.values(value).some(hasNull);
}

function copyWithoutNulls(value: unknown, schema: Schema | undefined): unknown {
  if (typeof value !== 'object' || value === null || schema === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => copyWithoutNulls(item, schema.items));
  const { properties = {}, additionalProperties } = schema;
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const fields = Object.entries(value).map(([key, inner]): [string, unknown] => {
    if (!Object.hasOwn(properties, key)) return [key, copyWithoutNulls(inner, others)];
    const property = properties[key];
    const dropped = inner === null && property?.nullable !== true;
    return [key, dropped ? undefined : copyWithoutNulls(inner, property)];
  });
  return Object.fromEntries(fields);
}
