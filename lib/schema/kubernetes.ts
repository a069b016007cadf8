import { join } from 'node:path';
import { readText } from '../files/read-text';
import { projectRoot } from '../project';
import type { Schema } from './schema';

/** The content of `imports/kubernetes.json`, written by `cli/import-kubernetes.ts`. */
export interface KubernetesTypes {
  /** Minor release of the types, such as `1.36`. */
  readonly kubernetes: string;
  /** apiVersion → kind → name of its type, for namespaced kinds. */
  readonly namespaced: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The same for cluster-scoped kinds. */
  readonly clusterScoped: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Name of a type → field → type expression. A `!` after the field marks it as required. An expression is the name of
   * a scalar or of another type, `[x]` for a list of x, `{x}` for a map from string to x, or `=a|b` for an enum.
   */
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const scalars: Readonly<Record<string, Schema>> = {
  any: { 'x-kubernetes-preserve-unknown-fields': true },
  boolean: { type: 'boolean' },
  byte: { type: 'string', format: 'byte' },
  'date-time': { type: 'string', format: 'date-time' },
  'date-time-micro': { type: 'string', format: 'date-time' },
  double: { type: 'number' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  'int-or-string': { 'x-kubernetes-int-or-string': true },
  password: { type: 'string', format: 'password' },
  quantity: { format: 'quantity' },
  string: { type: 'string' },
};

/**
 * The schema of a built-in kind in a stable API version (`v1`, `v2`); undefined for any other. It also requires
 * `metadata.name`: without it an object can be created, but not applied.
 */
export function builtInSchema(apiVersion: string, kind: string): Schema | undefined {
  const { namespaced, clusterScoped } = kubernetesTypes();
  const type = own(own(namespaced, apiVersion), kind) ?? own(own(clusterScoped, apiVersion), kind);
  if (type === undefined) return undefined;
  return remember(`${apiVersion}/${kind}`, () => {
    const schema = schemaOfType(type);
    return {
      ...schema,
      properties: { ...schema.properties, metadata: { ...objectMeta(), required: ['name'] } },
      required: [...new Set(['apiVersion', 'kind', 'metadata', ...(schema.required ?? [])])],
    };
  });
}

/** Whether a built-in kind is namespaced; undefined for any other kind. */
export function isNamespaced(apiVersion: string, kind: string): boolean | undefined {
  const { namespaced, clusterScoped } = kubernetesTypes();
  if (own(own(namespaced, apiVersion), kind) !== undefined) return true;
  return own(own(clusterScoped, apiVersion), kind) !== undefined ? false : undefined;
}

/** The schema of `metadata`, the same for every object. */
export function objectMeta(): Schema {
  return schemaOfType('V1ObjectMeta');
}

/** Fields without which the API server refuses every object, though its schema has them as optional. */
const requiredByServer: Readonly<Record<string, readonly string[]>> = {
  V1PodTemplateSpec: ['spec'],
  V1JobTemplateSpec: ['spec'],
};

// Read and expanded on first use: most runs need a fraction of the types.
const expanded = new Map<string, Schema>();
let file: KubernetesTypes | undefined;

function kubernetesTypes(): KubernetesTypes {
  file ??= JSON.parse(readText(join(projectRoot, 'imports/kubernetes.json'))) as KubernetesTypes;
  return file;
}

function schemaOfType(name: string): Schema {
  return remember(name, (schema) => {
    const properties: Record<string, Schema> = {};
    const required = [...(own(requiredByServer, name) ?? [])];
    // Registered before its fields are expanded, because a type may contain itself, as JSONSchemaProps does.
    Object.assign(schema, { type: 'object', properties, required });
    for (const [field, expression] of Object.entries(own(kubernetesTypes().types, name) ?? {})) {
      const property = field.endsWith('!') ? field.slice(0, -1) : field;
      if (property !== field) required.push(property);
      properties[property] = schemaOfExpression(expression);
    }
    return schema;
  });
}

function schemaOfExpression(expression: string): Schema {
  const inner = expression.slice(1, -1);
  switch (expression[0]) {
    case '[':
      return { type: 'array', items: schemaOfExpression(inner) };
    case '{':
      return { type: 'object', additionalProperties: schemaOfExpression(inner) };
    case '=':
      return { type: 'string', enum: expression.slice(1).split('|') };
    default:
      return own(scalars, expression) ?? schemaOfType(expression);
  }
}

function remember(key: string, create: (empty: Schema) => Schema): Schema {
  const known = expanded.get(key);
  if (known !== undefined) return known;
  const empty: Schema = {};
  expanded.set(key, empty);
  return Object.assign(empty, create(empty));
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
