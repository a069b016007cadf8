import type { KubernetesObject } from '../../../lib/kubernetes/object';
import type { Plan } from '../../../cluster/deploy/plan';

export const planOf = (...objects: readonly KubernetesObject[]): Plan => {
  const files = [{ name: '10-all.yaml', wave: 10, objects }];
  return { platform: 'mlops', files, chosen: files };
};
