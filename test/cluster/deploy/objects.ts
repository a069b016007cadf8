import type { LiveObject } from '../../../cluster/api/api';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import type { Plan } from '../../../cluster/deploy/plan';

/** An object of the namespace `here`, as a manifest or as the API server gives it. */
export const object = (apiVersion: string, kind: string, name: string, fields: object = {}): LiveObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'here', generation: 2 },
  ...fields,
});

export const planOf = (...objects: readonly KubernetesObject[]): Plan => {
  const files = [{ name: '10-all.yaml', wave: 10, objects }];
  return { platform: 'mlops', files, chosen: files };
};
