import { examineUpgrades } from '../../../cluster/doctor/upgrades';
import type { Upgrade } from '../../../lib/service/declaration';
import { facts, lines, live, ours, platform } from './fixtures';

const upgrades: Upgrade[] = [
  { section: 'Web 1 → 2', from: /(^|\/)team\/web:1\./ },
  { section: 'Store 1 → 2', from: /(^|\/)team\/store:1\./, before: 'take a snapshot' },
];
const of = { ...platform(), upgrades };

const pod = (...images: string[]) => ({
  spec: { template: { spec: { containers: images.map((image, index) => ({ name: `${index}`, image })) } } },
});
const web = (image: string, metadata: object = ours) =>
  live('apps/v1 Deployment mlops-web/web', { ...pod(image), metadata });

test('a cluster without an older platform has nothing to upgrade', () => {
  expect(examineUpgrades(of, facts())).toEqual([]);
  expect(examineUpgrades(of, facts({ deployments: [web('docker.io/team/web:2.0')] }))).toEqual([]);
});

test('an older program that may just be replaced is a warning with its section', () => {
  expect(lines(examineUpgrades(of, facts({ deployments: [web('mirror.example.org/all/team/web:1.9')] })))).toEqual([
    'warning: Deployment/mlops-web/web runs all/team/web:1.9 → read what rolls and what migrates: docs/upgrading.md, "Web 1 → 2"',
  ]);
});

test('one that needs something first is a problem that says what', () => {
  const store = live('apps/v1 StatefulSet mlops-web/store', { ...pod('team/store:1.2', 'other:1'), metadata: ours });
  const seen = facts({ existing: new Map([[store, store]]) as never });
  expect(lines(examineUpgrades(of, seen))).toEqual([
    'problem: StatefulSet/mlops-web/store runs team/store:1.2 → before you apply the new manifests, take a snapshot: docs/upgrading.md, "Store 1 → 2"',
  ]);
});

test('the image of a custom resource counts as the one of a pod', () => {
  const custom = live('example.org/v1 Web mlops-web/web', { spec: { image: 'team/web:1.0' }, metadata: ours });
  expect(examineUpgrades(of, facts({ existing: new Map([[custom, custom]]) as never }))).toHaveLength(1);
});

test('a workload that is read twice is named once, and one of others is not', () => {
  const deployment = web('team/web:1.0');
  const twice = { deployments: [deployment, web('team/web:1.0', {})], existing: new Map([[deployment, deployment]]) };
  const [finding] = lines(examineUpgrades(of, facts(twice)));
  expect(finding?.match(/runs/g)).toHaveLength(1);
  expect(examineUpgrades(of, facts({ deployments: [web('team/web:1.0', {})] }))).toEqual([]);
});
