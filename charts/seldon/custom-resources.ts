import type { CustomResource } from '../../lib/output/custom-resource';

export const customResources: readonly CustomResource[] = [
  { apiVersion: 'machinelearning.seldon.io/v1', kind: 'SeldonDeployment' },
];
