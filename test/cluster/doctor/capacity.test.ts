import { examineCapacity } from '../../../cluster/doctor/capacity';
import { examine } from '../../../cluster/doctor/examine';
import { facts, lines, live, node, platform } from './fixtures';

describe('capacity', () => {
  const asking = (cpu: string, replicas = 1) =>
    platform((draft) => {
      draft.container.resources = { requests: { cpu, memory: '1Gi' } };
      draft.find('Deployment', 'web').spec.replicas = replicas;
    });
  const pod = (namespace: string, cpu: string) =>
    live(`v1 Pod ${namespace}/x`, {
      spec: { nodeName: 'a', containers: [{ name: 'x', resources: { requests: { cpu, memory: '1Gi' } } }] },
    });

  test.each([
    [
      'one pod that is too large for every node',
      asking('5'),
      {},
      /^problem: a pod of Deployment\/mlops-web\/web asks for 5 CPU, .* left is 4 CPU/,
    ],
    [
      'pods that are too many together',
      asking('2', 3),
      {},
      /^problem: the platform asks for 6\.1 CPU, .* 1 node has 4 CPU/,
    ],
    [
      'pods that have room together but not on single nodes',
      asking('3', 3),
      { nodes: ['a', 'b', 'c'].map((name) => node(name, name === 'c' ? { allocatable: { cpu: '2' } } : {})) },
      /^warning: there is room for all together/,
    ],
    ['pods of others', asking('3'), { pods: [pod('shop', '2')] }, /^problem: a pod of Deployment/],
    [
      'more pods than a node takes',
      asking('1m', 5),
      { nodes: [node('a', { allocatable: { pods: '3' } })] },
      /^problem: .* and 3 pods left/,
    ],
    [
      'nodes that take no pods',
      asking('1'),
      {
        nodes: [
          node('a', { spec: { unschedulable: true } }),
          node('b', { ready: 'False' }),
          node('c', { system: 'windows' }),
        ],
      },
      /^problem: no node takes pods: a is cordoned, b is not ready, c runs Windows/,
    ],
    ['no nodes at all', asking('1'), { nodes: [] }, /^problem: the cluster has no nodes/],
    [
      'an autoscaler may help',
      asking('5'),
      { autoscaled: true },
      /^warning: .* → the cluster autoscaler may add nodes/,
    ],
    [
      'enough room',
      asking('1'),
      { nodes: [node('a'), node('b', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } })] },
      /^ok: 1\.1 CPU, .* on 1 node \(not counted: b has the taint gpu\)/,
    ],
  ])('%s', (_, of, changes, expected) => {
    expect(lines(examineCapacity(of, facts(changes)))).toEqual([expect.stringMatching(expected)]);
  });

  test('pods of an earlier deploy make room for the new ones, those of others in a namespace of the same name do not', () => {
    const ours = live('v1 Namespace mlops-web', { metadata: { labels: { 'mlops-infra/platform': 'mlops' } } });
    const pods = [pod('mlops-web', '3')];
    expect(lines(examineCapacity(asking('3'), facts({ pods, namespaces: [ours] })))).toEqual([
      expect.stringMatching(/^ok/),
    ]);
    expect(lines(examineCapacity(asking('3'), facts({ pods, namespaces: [live('v1 Namespace mlops-web')] })))).toEqual([
      expect.stringMatching(/^problem/),
    ]);
  });

  test('what runs on every node takes its share of each', () => {
    const withDaemon = platform((draft) => {
      draft.add(30, 'apps/v1 DaemonSet mlops-web/agent', {
        spec: { template: { spec: { containers: [{ name: 'x', resources: { requests: { cpu: '3950m' } } }] } } },
      });
    });
    expect(lines(examineCapacity(withDaemon, facts()))).toEqual([
      expect.stringMatching(/^problem: a pod of Deployment\/mlops-web\/web asks for .* left is 0\.05 CPU/),
      expect.stringMatching(/^problem: a pod of StatefulSet\/mlops-web\/db/),
    ]);
    const small = node('b', { allocatable: { cpu: '1' } });
    expect(
      lines(examineCapacity(withDaemon, facts({ nodes: [node('a', { allocatable: { cpu: '8' } }), small] }))),
    ).toEqual([
      expect.stringMatching(
        /^warning: b has no room for what runs on every node: DaemonSet\/mlops-web\/agent, 3\.95 CPU/,
      ),
      expect.stringMatching(/^ok/),
    ]);
  });
});

test('pods that never share a node each need one', () => {
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } };
  const of = platform((draft) => {
    const { spec } = draft.find('StatefulSet', 'db');
    spec.replicas = 3;
    spec.template.spec.affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  });
  const said = (changes: Parameters<typeof facts>[0]) =>
    lines(examine(of, facts(changes)).filter(({ text }) => text.includes('never share')));
  const shut = node('c', { spec: { unschedulable: true } });
  expect(said({ nodes: [node('a'), node('b'), shut] })).toEqual([
    "problem: the 3 pods of StatefulSet/mlops-web/db never share a node, and there are 2 nodes → add nodes; or choose fewer replicas in size.overrides, or size: { profile: 'team' }",
  ]);
  expect(said({ nodes: [node('a')], autoscaled: true })).toEqual([
    expect.stringMatching(/^warning: .* there is 1 node → the cluster autoscaler may add nodes/),
  ]);
  expect(said({ nodes: [node('a'), node('b'), node('c')] })).toEqual([]);
});
