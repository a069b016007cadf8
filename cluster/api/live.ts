import type { LiveObject } from '../../lib/kubernetes/live-object';
import { shapedObject } from '../../lib/kubernetes/shaped';
import { ShapeError } from '../../lib/schema/shape';
import { malformed } from './api-error';

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
  try {
    return shapedObject(fields);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw malformed(200, asked, `a ${kind}`, error.message);
  }
}
