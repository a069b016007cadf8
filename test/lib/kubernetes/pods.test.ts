import { resourceValues, resources } from '../../../lib/kubernetes/pods';

test('requests and limits are the same for a Helm chart and for a typed container', () => {
  const size = { cpu: '250m', cpuLimit: '1', memory: '256Mi', memoryLimit: '1Gi' };
  const expected = { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '1Gi' } };
  expect(resourceValues(size)).toEqual(expected);
  const typed = resources(size);
  const plain = (amounts: typeof typed.limits) =>
    Object.fromEntries(Object.entries(amounts ?? {}).map(([key, quantity]) => [key, quantity.value]));
  expect({ requests: plain(typed.requests), limits: plain(typed.limits) }).toEqual(expected);
});
