import type { LiveObject } from '../../lib/kubernetes/live-object';
import { builtInSchema, objectMeta } from '../../lib/schema/kubernetes';
import type { Schema } from '../../lib/schema/schema';
import { shaped, ShapeError } from '../../lib/schema/shape';
import { malformed } from './api-error';

/** What every custom resource has. The rest is its definition's. */
const custom = (): Schema => ({
  type: 'object',
  properties: {
    metadata: { ...objectMeta(), required: ['name'] },
    spec: { type: 'object' },
    status: {
      type: 'object',
      properties: { conditions: { type: 'array', items: { type: 'object' } } },
    },
  },
  required: ['metadata'],
});

/** A kind in a version. */
export type ObjectKind = Pick<LiveObject, 'apiVersion' | 'kind'>;

/**
 * An object of the API server, whose fields have the types of its kind. Throws an `ApiError` for anything else, such as
 * what a proxy makes of it.
 *
 * @param answer members of a list need not say their kind
 * @param asked method and path of the request, for the message
 */
export function liveObject(answer: object, { apiVersion, kind }: ObjectKind, asked: string): LiveObject {
  const fields: Readonly<Record<string, unknown>> = { apiVersion, kind, ...answer };
  if (fields.apiVersion !== apiVersion || fields.kind !== kind) {
    throw malformed(200, asked, `${apiVersion} ${kind}`, JSON.stringify(answer));
  }
  const schema = builtInSchema(apiVersion, kind) ?? custom();
  // A kind whose fields are all optional has an empty `spec`.
  const spec = schema.properties?.spec === undefined ? {} : { spec: fields.spec ?? {} };
  try {
    return shaped({ ...fields, ...spec }, schema) as LiveObject;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw malformed(200, asked, `a ${kind}`, error.message);
  }
}
