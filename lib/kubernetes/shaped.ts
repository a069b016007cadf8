import { builtInSchema, objectMeta } from '../schema/kubernetes';
import type { Schema } from '../schema/schema';
import { shaped } from '../schema/shape';
import type { KubernetesObject } from './object';

const open: Schema = { 'x-kubernetes-preserve-unknown-fields': true };
const text: Schema = { type: 'string' };

/** What every object has, and a custom resource by itself. The rest is its definition's. */
export const anyObject = (): Schema => ({
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { ...objectMeta(), required: ['name'] },
    spec: { type: 'object', ...open },
    status: {
      type: 'object',
      properties: { conditions: { type: 'array', items: { type: 'object', ...open } } },
      ...open,
    },
  },
  required: ['apiVersion', 'kind', 'metadata'],
  ...open,
});

/**
 * A value as an object of Kubernetes, whose fields have the types of its kind, without nulls. Throws a `ShapeError` for
 * anything else. Code that reads objects of others may rely on it; whether an object is valid, the checks of the output
 * and the API server tell.
 */
export function shapedObject(value: unknown): KubernetesObject {
  const { apiVersion, kind } = shaped(value, anyObject()) as KubernetesObject;
  const schema = builtInSchema(apiVersion, kind);
  if (schema === undefined) return shaped(value, anyObject()) as KubernetesObject;
  // Go leaves out no struct: a kind whose fields are all optional has an empty one.
  const { spec } = value as { readonly spec?: unknown };
  const whole = schema.properties?.spec === undefined ? {} : { spec: spec ?? {} };
  return shaped({ ...(value as object), ...whole }, schema) as KubernetesObject;
}
