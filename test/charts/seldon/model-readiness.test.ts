import type { LiveObject } from '../../../lib/kubernetes/live-object';
import { modelReadiness } from '../../../charts/seldon/model-readiness';
import { object } from '../../support/live-object';

const annotated = (revision: string): object => ({ annotations: { 'mlops-infra/revision': revision } });
const main = { name: 'default', ...annotated('new-1'), replicas: 1 };
const canary = { name: 'canary', ...annotated('new-2'), replicas: 1 };

const model = (status: object, ...predictors: readonly object[]): LiveObject =>
  object('machinelearning.seldon.io/v1', 'SeldonDeployment', 'creditcard', { spec: { predictors }, status });

/** A Deployment of which Seldon wants one pod, with one pod that serves. */
function deployment(revision: string, status: object = {}, replicas = 1): LiveObject {
  const live = object('apps/v1', 'Deployment', `creditcard-${revision}`, {
    spec: { replicas },
    status: { observedGeneration: 2, replicas, updatedReplicas: replicas, availableReplicas: replicas, ...status },
  });
  return { ...live, metadata: { ...live.metadata, ...annotated(revision) } };
}

const available = { state: 'Available' };
const unseen = 'its operator has not seen the change yet';

const cases: readonly [string, LiveObject, readonly LiveObject[], string][] = [
  ['serves what it should', model(available, main), [deployment('new-1')], ''],
  ['was not seen by its operator', model({}, main), [], 'its operator has not seen it yet'],
  ['is being made', model({ state: 'Creating' }, main), [deployment('new-1')], 'is creating'],
  // Right after the change of a model: everything is as it was before.
  ['still serves its older version', model(available, main), [deployment('old-1')], unseen],
  [
    'has pods of both versions',
    model(available, main),
    [deployment('new-1', { replicas: 2 })],
    'Deployment/here/creditcard-new-1: waits for old pods to end',
  ],
  [
    'has a Deployment that no controller has observed since its change',
    model(available, main),
    [deployment('new-1', { observedGeneration: 1 })],
    'Deployment/here/creditcard-new-1: its controller has not seen the change yet',
  ],
  ['has no canary yet', model(available, main, canary), [deployment('new-1')], unseen],
  [
    'has a canary that does not start',
    model(available, main, canary),
    [deployment('new-1'), deployment('new-2', { availableReplicas: 0 })],
    'Deployment/here/creditcard-new-2: 0 of 1 pods are ready',
  ],
  [
    'has a Deployment of a canary that is gone',
    model(available, main),
    [deployment('new-1'), deployment('new-2', { availableReplicas: 0 })],
    '',
  ],
  [
    'has another number of pods than asked for',
    model(available, { ...main, replicas: 3 }),
    [deployment('new-1')],
    unseen,
  ],
  [
    'has as many pods as its load asks for',
    model(available, { ...main, replicas: undefined }),
    [deployment('new-1', {}, 4)],
    '',
  ],
  ['has Deployments that you may not see', model(available, main), [], ''],
  [
    'was written by somebody else, and one of its Deployments is not ready',
    model(available, { name: 'default' }),
    [deployment('a'), deployment('b', { updatedReplicas: 0 })],
    'Deployment/here/creditcard-b: 0 of 1 pods are made',
  ],
];

test.each(cases)('a model that %s', (_, seldonDeployment, deployments, why) => {
  expect(modelReadiness(seldonDeployment, deployments)).toEqual({ state: why === '' ? 'ready' : 'unready', why });
});

test('a model whose operator has failed says why, even when its pods serve', () => {
  const failed = model({ state: 'Failed', description: 'no image' }, main);
  expect(modelReadiness(failed, [deployment('new-1')])).toEqual({ state: 'failing', why: 'has failed: no image' });
});

test('a model that is being deleted is not ready', () => {
  const { metadata, ...rest } = model(available, main);
  expect(modelReadiness({ ...rest, metadata: { ...metadata, deletionTimestamp: 'now' } }, []).why).toBe(
    'is being deleted',
  );
});
