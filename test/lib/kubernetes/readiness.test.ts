import { readinessOf } from '../../../lib/kubernetes/readiness';
import { object } from '../../support/live-object';

const seen = { observedGeneration: 2 };
const condition = (type: string, status: string, message = ''): object => ({ conditions: [{ type, status, message }] });

const cases: readonly [string, string, string, object, object, string][] = [
  [
    'apps/v1',
    'Deployment',
    'all pods available',
    { replicas: 2 },
    { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    '',
  ],
  ['apps/v1', 'Deployment', 'no pods wanted', { replicas: 0 }, seen, ''],
  ['apps/v1', 'Deployment', 'not seen', { replicas: 0 }, {}, 'its controller has not seen it yet'],
  [
    'apps/v1',
    'Deployment',
    'an older state',
    { replicas: 1 },
    { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
    'its controller has not seen the change yet',
  ],
  [
    'apps/v1',
    'Deployment',
    'one of two',
    { replicas: 2 },
    { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 1 },
    '1 of 2 pods are ready',
  ],
  [
    'apps/v1',
    'Deployment',
    'an old pod left',
    { replicas: 1 },
    { ...seen, replicas: 2, updatedReplicas: 1, availableReplicas: 1 },
    'waits for old pods to end',
  ],
  [
    'apps/v1',
    'Deployment',
    'scaled down, with pods that are about to go',
    { replicas: 1 },
    { ...seen, replicas: 3, updatedReplicas: 3, availableReplicas: 2 },
    'has 3 pods, and waits until 2 of them have ended',
  ],
  [
    'apps/v1',
    'Deployment',
    'a full quota',
    {},
    { ...seen, ...condition('ReplicaFailure', 'True', 'exceeded quota') },
    'no pod could be made: exceeded quota',
  ],
  [
    'apps/v1',
    'StatefulSet',
    'ready',
    { replicas: 3 },
    { ...seen, replicas: 3, readyReplicas: 3, currentRevision: 'a', updateRevision: 'a' },
    '',
  ],
  [
    'apps/v1',
    'StatefulSet',
    'scaled down, with a pod that is about to go',
    { replicas: 1 },
    { ...seen, replicas: 2, readyReplicas: 1, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    'has 2 pods, and waits until 1 of them has ended',
  ],
  [
    'apps/v1',
    'StatefulSet',
    'scaled to none, with pods that are about to go',
    { replicas: 0 },
    { ...seen, replicas: 2, readyReplicas: 0 },
    'has 2 pods, and waits until 2 of them have ended',
  ],
  ['apps/v1', 'StatefulSet', 'one of three', { replicas: 3 }, { ...seen, readyReplicas: 1 }, '1 of 3 pods are ready'],
  [
    'apps/v1',
    'StatefulSet',
    'rolling',
    { replicas: 3 },
    { ...seen, readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    '1 of 3 pods are of the new revision',
  ],
  [
    'apps/v1',
    'DaemonSet',
    'on every node',
    {},
    { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
    '',
  ],
  [
    'apps/v1',
    'DaemonSet',
    'on one of two nodes',
    {},
    { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 },
    '1 of 2 pods are ready',
  ],
  [
    'apps/v1',
    'DaemonSet',
    'on a node too many',
    {},
    { ...seen, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 0, numberMisscheduled: 1 },
    '0 of 1 pods are ready',
  ],
  ['batch/v1', 'Job', 'complete', {}, condition('Complete', 'True'), ''],
  ['batch/v1', 'Job', 'running', {}, { active: 1 }, 'is running'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'established', {}, condition('Established', 'True'), ''],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'new', {}, {}, 'is not established yet'],
  [
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'in conflict',
    {},
    condition('NamesAccepted', 'False', 'taken'),
    'its names are not accepted: taken',
  ],
  ['v1', 'ConfigMap', 'there', {}, {}, ''],
];

test.each(cases)('%s %s, %s', (apiVersion, kind, _, spec, status, why) => {
  expect(readinessOf(object(apiVersion, kind, 'x', { spec, status }))).toEqual({
    state: why === '' ? 'ready' : 'unready',
    why,
  });
});

test('a Job that has failed never becomes ready', () => {
  const job = object('batch/v1', 'Job', 'x', { status: condition('Failed', 'True', 'BackoffLimitExceeded') });
  expect(readinessOf(job)).toEqual({ state: 'failed', why: 'has failed: BackoffLimitExceeded' });
});

test('nothing that is being deleted is ready', () => {
  const { metadata, ...rest } = object('v1', 'ConfigMap', 'x');
  expect(readinessOf({ ...rest, metadata: { ...metadata, deletionTimestamp: 'now' } }).state).toBe('unready');
});
