import { declared } from '../../../charts/catalog';
import { demandsOf, podSetsOf } from '../../../lib/output/demand';

const resources = { requests: { cpu: '250m' }, limits: { cpu: 1 } };
const container = (name: string) => ({ name, image: 'x:1', resources });
const component = (...names: string[]) => ({ spec: { containers: names.map(container) } });

const model = (...predictors: object[]) => ({
  apiVersion: 'machinelearning.seldon.io/v1',
  kind: 'SeldonDeployment',
  metadata: { name: 'model' },
  spec: { predictors },
});

const setsOf = (...predictors: object[]) =>
  podSetsOf(model(...predictors), declared.customResources).map(({ containers, count, most }) => ({
    ...{ count, names: containers.map(({ name }) => name) },
    ...(most === undefined ? {} : { most }),
  }));

test('the executor of a model is in the first of its pods, and each component has pods of its own', () => {
  expect(setsOf({ replicas: 2, svcOrchSpec: {}, componentSpecs: [component('a'), component('b')] })).toEqual([
    { count: 2, names: ['executor', 'a'] },
    { count: 2, names: ['b'] },
  ]);
});

test('a predictor without components has pods too: one, unless it names a number', () => {
  expect(setsOf({ replicas: 2, svcOrchSpec: {} }, {}, { componentSpecs: [component('a'), {}] })).toEqual([
    { count: 2, names: ['executor'] },
    { count: 1, names: [] },
    { count: 1, names: ['a'] },
    { count: 1, names: [] },
  ]);
});

test('an autoscaled model starts with its minimum of pods, or one, whatever its replicas', () => {
  const scaled = (hpaSpec: object) => setsOf({ replicas: 3, componentSpecs: [{ ...component('a'), hpaSpec }] });
  expect(scaled({ minReplicas: 2, maxReplicas: 5 })).toEqual([{ count: 2, most: 5, names: ['a'] }]);
  expect(scaled({ maxReplicas: 5 })).toEqual([{ count: 1, most: 5, names: ['a'] }]);
});

test('the requests of a model count towards those of the platform', () => {
  const given = model({ replicas: 2, svcOrchSpec: { resources }, componentSpecs: [component('a')] });
  expect(demandsOf([given], declared.customResources).total).toMatchObject({ cpu: 1, cpuLimit: 4 });
});
