import { declared } from '../../charts/catalog';
import { wordsBelow } from '../support/words';

test('no code of cluster/ names a kind of custom resource that a service declares', () => {
  const { workloadKinds } = declared.customResources;
  expect(workloadKinds).toContain('Prometheus');
  const named = wordsBelow('cluster').filter((word) => workloadKinds.some((kind) => word.includes(kind)));
  expect(named).toEqual([]);
});
