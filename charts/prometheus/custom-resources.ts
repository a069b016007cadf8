import type { CustomResource } from '../../lib/output/custom-resource';

/** Fields that the operator copies into pods (prometheus-operator v0.62.0, monitoring/v1). */
const podFields = [
  'imagePullSecrets',
  'nodeSelector',
  'tolerations',
  'affinity',
  'priorityClassName',
  'topologySpreadConstraints',
];

const apiVersion = 'monitoring.coreos.com/v1';

export const customResources: readonly CustomResource[] = [
  { apiVersion, kind: 'Prometheus', podFields },
  { apiVersion, kind: 'Alertmanager', podFields },
];
