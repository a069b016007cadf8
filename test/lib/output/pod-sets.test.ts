import { podSetsOf, requestOf } from '../../../lib/output/pod-sets';

const asking = (requests?: object, limits?: object) => ({
  name: 'x',
  resources: { requests, limits } as { requests?: Record<string, string> },
});

test.each([
  ['what its containers ask for together', { containers: [asking({ cpu: '1' }), asking({ cpu: '500m' })] }, 1.5],
  ['the limit of a container that asks for nothing', { containers: [asking(undefined, { cpu: '2' })] }, 2],
  ['nothing, where nothing is said', { containers: [{ name: 'x' }] }, 0],
  [
    'the largest of those that run before, one after the other',
    { containers: [asking({ cpu: '1' })], initContainers: [asking({ cpu: '3' }), asking({ cpu: '2' })] },
    3,
  ],
  [
    'its sidecars, beside those that run before and all the time',
    {
      containers: [asking({ cpu: '1' })],
      initContainers: [{ ...asking({ cpu: '1' }), restartPolicy: 'Always' }, asking({ cpu: '3' })],
    },
    4,
  ],
])('a scheduler sets aside for a pod %s', (_, pod, cpu) => {
  expect(requestOf(pod, 'cpu')).toBe(cpu);
});

test('the executor of a model is in the first of its pods, and each component has pods of its own', () => {
  const container = (name: string) => ({ name, image: 'x:1' });
  const components = ['a', 'b'].map((name) => ({ spec: { containers: [container(name)] } }));
  const model = {
    apiVersion: 'machinelearning.seldon.io/v1',
    kind: 'SeldonDeployment',
    metadata: { name: 'model' },
    spec: { predictors: [{ replicas: 2, svcOrchSpec: {}, componentSpecs: components }] },
  };
  const sets = podSetsOf(model).map(({ containers, count }) => ({ count, names: containers.map(({ name }) => name) }));
  expect(sets).toEqual([
    { count: 2, names: ['executor', 'a'] },
    { count: 2, names: ['b'] },
  ]);
});
