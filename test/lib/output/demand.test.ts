import fc from 'fast-check';
import type { KubernetesObject, Resources } from '../../../lib/kubernetes/object';
import { demandsOf } from '../../../lib/output/demand';
import { amountOf } from '../../../lib/kubernetes/quantity';
import { CustomResources } from '../../../lib/kubernetes/custom-resource';
import { claimSet } from '../../../lib/kubernetes/pod-set';

const asked: Resources = { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: 1, memory: '2Gi' } };
const container = { name: 'main', image: 'x:1', resources: asked };
const claim = (storage: string) => ({ spec: { resources: { requests: { storage } } } });

const object = (apiVersion: string, kind: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'demo' },
  spec,
});

const workload = (kind: string, spec: object = {}, containers: object[] = [container]): KubernetesObject =>
  object('apps/v1', kind, { template: { spec: { containers } }, ...spec });

const customResources = new CustomResources([
  {
    apiGroup: 'example.org',
    kind: 'Server',
    podSets: ({ spec }) => {
      const { replicas, most } = spec as { readonly replicas: number; readonly most?: number };
      return [{ containers: [container], count: replicas, most }];
    },
    claimSets: ({ spec }) => [claimSet(claim('10Gi'), (spec as { readonly replicas: number }).replicas)],
  },
]);

const gibibyte = 2 ** 30;
const ofOne = { cpu: 0.25, cpuLimit: 1, memory: gibibyte, memoryLimit: 2 * gibibyte, disk: 0 };
const times = (factor: number, disk = 0) => ({
  cpu: 0.25 * factor,
  cpuLimit: factor,
  memory: gibibyte * factor,
  memoryLimit: 2 * gibibyte * factor,
  disk,
});

test.each([
  ['one replica, when a workload does not say', workload('Deployment'), ofOne],
  ['as many as it says', workload('Deployment', { replicas: 3 }), times(3)],
  ['none when it is scaled to zero', workload('StatefulSet', { replicas: 0 }), times(0)],
  ['every container', workload('Deployment', {}, [container, container]), times(2)],
  [
    'nothing for a container that asks for nothing',
    workload('Deployment', {}, [{ name: 'x', image: 'x:1' }]),
    times(0),
  ],
  [
    'a disk for each replica',
    workload('StatefulSet', { replicas: 2, volumeClaimTemplates: [claim('8Gi'), claim('1Gi')] }),
    times(2, 18 * gibibyte),
  ],
  ['a claim', object('v1', 'PersistentVolumeClaim', claim('5G').spec), times(0, 5e9)],
  [
    'the pods and disks that an operator makes of a custom resource',
    object('example.org/v1', 'Server', { replicas: 2 }),
    times(2, 20 * gibibyte),
  ],
  [
    'nothing for a kind of the same name in another group',
    object('example.com/v1', 'Server', { replicas: 2 }),
    times(0),
  ],
  [
    'nothing for a Job, which ends',
    object('batch/v1', 'Job', { template: { spec: { containers: [container] } } }),
    times(0),
  ],
  ['nothing for what makes no pods', object('v1', 'Service', { ports: [] }), times(0)],
  ['nothing for an object without spec', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }, times(0)],
])('counts %s', (_, given, demand) => {
  expect(demandsOf([given], customResources)).toEqual({ total: demand, perNode: times(0) });
});

test('an autoscaled workload requests what its fewest pods do, and is limited as its most pods are', () => {
  const scaled = object('example.org/v1', 'Server', { replicas: 2, most: 5 });
  const [least, most] = [times(2), times(5)];
  expect(demandsOf([scaled], customResources).total).toEqual({
    ...{ ...least, disk: 20 * gibibyte },
    ...{ cpuLimit: most.cpuLimit, memoryLimit: most.memoryLimit },
  });
});

test('what runs on every node is counted by itself', () => {
  const objects = [workload('DaemonSet'), workload('DaemonSet'), workload('Deployment')];
  expect(demandsOf(objects, customResources)).toEqual({ total: ofOne, perNode: times(2) });
});

const suffixes: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4, Pi: 1024 ** 5, Ei: 1024 ** 6 },
};

test.each(Object.entries(suffixes))('a quantity may end with "%s"', (suffix, factor) => {
  expect(amountOf(`3${suffix}`)).toBeCloseTo(3 * factor, 12);
});

test.each([
  [0.25, 0.25],
  ['.5', 0.5],
  ['1.5Gi', 1.5 * gibibyte],
  ['2e3', 2000],
  ['2E-3', 0.002],
])('the quantity %s is %d', (quantity, amount) => {
  expect(amountOf(quantity)).toBe(amount);
});

test('anything else is no quantity', () => {
  for (const text of ['', 'x', '1Zi', '1 Gi', '1gi', '-1', '1e', '--1', '1constructor', '1.2.3'])
    expect(amountOf(text)).toBeNaN();
});

test('larger numbers are larger quantities, of whatever unit', () => {
  const units = fc.constantFrom(...Object.keys(suffixes), 'e2');
  fc.assert(
    fc.property(units, fc.nat(), fc.nat(), (unit, a, b) => {
      expect(Math.sign(amountOf(`${a}${unit}`) - amountOf(`${b}${unit}`))).toBe(Math.sign(a - b));
    }),
  );
});
