import type { LiveObject } from '../../lib/kubernetes/live-object';

/** An object of the namespace `here`, as a manifest or as the API server gives it. */
export const object = (apiVersion: string, kind: string, name: string, fields: object = {}): LiveObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'here', generation: 2 },
  ...fields,
});
