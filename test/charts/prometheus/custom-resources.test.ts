import { declared } from '../../../charts/catalog';
import { demandsOf } from '../../../lib/output/demand';

const resources = { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: 1, memory: '2Gi' } };
const volumeClaimTemplate = { spec: { resources: { requests: { storage: '10Gi' } } } };
const gibibyte = 2 ** 30;
const one = { cpu: 0.25, cpuLimit: 1, memory: gibibyte, memoryLimit: 2 * gibibyte, disk: 0 };
const two = { cpu: 0.5, cpuLimit: 2, memory: 2 * gibibyte, memoryLimit: 4 * gibibyte, disk: 20 * gibibyte };

describe.each(['Prometheus', 'Alertmanager'])('%s', (kind) => {
  test.each([
    ['a pod and a disk for each replica', { replicas: 2, storage: { volumeClaimTemplate } }, two],
    ['one pod without a disk, where it says nothing', {}, one],
  ])('asks for %s', (_, spec, demand) => {
    const server = { kind, metadata: { name: 'main' }, spec: { resources, ...spec } };
    const given = { apiVersion: 'monitoring.coreos.com/v1', ...server };
    expect(demandsOf([given], declared.customResources).total).toEqual(demand);
  });
});
