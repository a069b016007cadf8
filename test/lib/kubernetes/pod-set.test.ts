import { requestOf } from '../../../lib/kubernetes/pod-set';

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
