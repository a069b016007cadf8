import {
  after,
  before,
  emptyInventory,
  entryOf,
  identityOfEntry,
  inventoryData,
  readInventory,
} from '../../../cluster/deploy/inventory';
import { reasonToKeep } from '../../../cluster/deploy/prune';
import { takeOver } from '../../../cluster/deploy/client-side';
import { object } from '../../support/live-object';

test.each([
  [
    { group: 'apps', kind: 'StatefulSet', namespace: 'mlops-kafka', name: 'kafka' },
    'StatefulSet.apps mlops-kafka/kafka',
  ],
  [{ group: '', kind: 'Namespace', namespace: undefined, name: 'mlops-kafka' }, 'Namespace mlops-kafka'],
  [
    { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', namespace: undefined, name: 'a:b' },
    'ClusterRole.rbac.authorization.k8s.io a:b',
  ],
])('%j is written as %s, and read back', (identity, entry) => {
  expect(entryOf(identity)).toBe(entry);
  expect(identityOfEntry(entry)).toEqual(identity);
});

const sets = (objects: string[], adopted: string[] = []) => ({ objects: new Set(objects), adopted: new Set(adopted) });

test('before a deploy it holds the old and the new', () => {
  const inventory = before(sets(['A a']), [
    { entry: 'B b', state: 'missing' },
    { entry: 'C c', state: 'ours' },
  ]);
  expect(inventory).toEqual(sets(['A a', 'B b', 'C c']));
});

test('what was there before the first deploy never becomes ours, not even by our label', () => {
  const first = before(emptyInventory, [{ entry: 'A a', state: 'external' }]);
  expect(first).toEqual(sets([], ['A a']));
  expect(before(first, [{ entry: 'A a', state: 'ours' }])).toEqual(first);
});

test('once it is gone, and made anew by a deploy, it is ours', () => {
  expect(before(sets([], ['A a']), [{ entry: 'A a', state: 'missing' }])).toEqual(sets(['A a']));
});

test('what we made stays ours when somebody has taken the label off', () => {
  expect(before(sets(['A a']), [{ entry: 'A a', state: 'external' }])).toEqual(sets(['A a']));
});

test('at the end it has lost what is gone', () => {
  expect(after(sets(['A a', 'B b'], ['C c']), new Set(['A a', 'C c']))).toEqual(sets(['B b']));
});

test('it is the same text whatever the order, and reads back', () => {
  const inventory = sets(['B b', 'A a'], ['C c']);
  expect(inventoryData(inventory)).toEqual({ objects: 'A a\nB b\n', adopted: 'C c\n' });
  expect(readInventory({ data: inventoryData(inventory) })).toEqual(inventory);
  expect(readInventory({})).toEqual(emptyInventory);
});

describe('a prune', () => {
  const ours = (apiVersion: string, kind: string, spec: object = {}) => {
    const made = object(apiVersion, kind, 'x', { spec });
    return { ...made, metadata: { ...made.metadata, labels: { 'mlops-infra/platform': 'mlops' } } };
  };
  const keep = (live: Parameters<typeof reasonToKeep>[0], data = false) =>
    reasonToKeep(live, { platform: 'mlops', data });

  test.each(['PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition', 'Namespace'])(
    'keeps a %s unless data may go',
    (kind) => {
      expect(keep(ours('v1', kind))).toContain('--prune-data');
      expect(keep(ours('v1', kind), true)).toBeUndefined();
    },
  );

  test('keeps a StatefulSet that would take its volumes along, and no other', () => {
    expect(
      keep(ours('apps/v1', 'StatefulSet', { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } })),
    ).toContain('--prune-data');
    expect(
      keep(ours('apps/v1', 'StatefulSet', { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' } })),
    ).toBeUndefined();
  });

  test('keeps whatever has another platform’s label or none, even when data may go', () => {
    expect(keep(object('v1', 'ConfigMap', 'x'), true)).toContain('belongs to someone else');
  });
});

describe('what plain kubectl apply has set', () => {
  const entry = { manager: 'kubectl-client-side-apply', operation: 'Update', fieldsV1: { 'f:data': {} } };
  const other = { manager: 'bob', operation: 'Update' };
  const applied = (managedFields: object[], annotations?: object) =>
    takeOver(
      object('v1', 'ConfigMap', 'x', { metadata: { name: 'x', resourceVersion: '7', managedFields, annotations } }),
    );

  test('becomes ours, if the object is still the same', () => {
    expect(applied([entry, other], { 'kubectl.kubernetes.io/last-applied-configuration': '{}' })).toEqual([
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [{ ...entry, manager: 'mlops-infra', operation: 'Apply' }, other],
      },
      { op: 'remove', path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration' },
    ]);
  });

  test('is dropped where we have a record of our own', () => {
    const ours = { manager: 'mlops-infra', operation: 'Apply' };
    expect(applied([entry, ours])?.[1]).toEqual({ op: 'replace', path: '/metadata/managedFields', value: [ours] });
  });

  test('is nothing on an object that it has not touched', () => {
    expect(applied([other])).toBeUndefined();
  });
});
