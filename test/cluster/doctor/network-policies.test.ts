import { examineNetworkPolicies } from '../../../cluster/doctor/network-policies';
import { facts, lines, live, networkPod, platform } from './fixtures';

const slice = (port: number) => live('discovery.k8s.io/v1 EndpointSlice default/kubernetes', { ports: [{ port }] });
const policies = (options: object | false) => platform(() => undefined, { networkPolicies: options });

test('the port of the API server is compared with those that the policies let pods out to', () => {
  const random = facts({ apiServerSlices: [slice(40123)] });
  expect(lines(examineNetworkPolicies(policies({}), random))).toContain(
    'problem: the API server listens on 40123, and no policy lets pods out to it: operators and Jobs could not start → write networkPolicies: { apiServerPorts: [40123] }',
  );
  expect(lines(examineNetworkPolicies(policies({ apiServerPorts: [40123] }), random))).toEqual([
    "ok: the API server's port, 40123, is among networkPolicies.apiServerPorts",
    'ok: calico/node enforces them',
  ]);
  expect(lines(examineNetworkPolicies(policies({ flavor: 'cilium' }), random))).toEqual([
    'ok: calico/node enforces them',
  ]);
});

test('nothing is said where there are no policies', () => {
  expect(examineNetworkPolicies(policies(false), facts({ apiServerSlices: [slice(40123)] }))).toEqual([]);
});

test('the address that NodeLocal DNSCache takes over is asked for', () => {
  const cached = facts({
    pods: [
      networkPod,
      live('v1 Pod kube-system/node-local-dns-1', {
        metadata: { labels: { 'k8s-app': 'node-local-dns' } },
        spec: { containers: [] },
      }),
    ],
    services: [
      live('v1 Service kube-system/kube-dns', {
        metadata: { labels: { 'k8s-app': 'kube-dns' } },
        spec: { clusterIP: '10.96.0.10' },
      }),
    ],
  });
  expect(lines(examineNetworkPolicies(policies({}), cached))).toContain(
    "warning: NodeLocal DNSCache answers at 10.96.0.10, the address of the DNS, to which no policy lets pods out → write networkPolicies: { dns: ['169.254.20.10/32', '10.96.0.10/32'] }",
  );
  const told = policies({ dns: ['10.96.0.10/32'] });
  expect(lines(examineNetworkPolicies(told, cached)).filter((line) => line.startsWith('warning'))).toEqual([]);
});

test('a DNS that no pod is must be let out to by its address', () => {
  const service = live('v1 Service kube-system/kube-dns', {
    metadata: { labels: { 'k8s-app': 'kube-dns' } },
    spec: { clusterIP: '172.20.0.10' },
  });
  const elsewhere = facts({ pods: [networkPod], services: [service] });
  expect(lines(examineNetworkPolicies(policies({}), elsewhere))).toContain(
    "problem: no pod of kube-system is the DNS that answers at 172.20.0.10, and policies let pods out to such pods only → write networkPolicies: { dns: ['169.254.20.10/32', '172.20.0.10/32'] }",
  );
  const problems = (found: string[]): string[] => found.filter((line) => line.startsWith('problem'));
  expect(problems(lines(examineNetworkPolicies(policies({ dns: ['172.20.0.10/32'] }), elsewhere)))).toEqual([]);
  const dns = live('v1 Pod kube-system/coredns-1', {
    metadata: { labels: { 'k8s-app': 'kube-dns' } },
    spec: { containers: [] },
  });
  const usual = facts({ pods: [networkPod, dns], services: [service] });
  expect(problems(lines(examineNetworkPolicies(policies({}), usual)))).toEqual([]);
});

test.each([
  [['--enable-network-policy=false'], expect.stringMatching(/^warning: no pod runs a program/)],
  [['--enable-network-policy=true'], 'ok: eks/aws-network-policy-agent enforces them'],
])("Amazon's agent with %j: %s", (args, expected) => {
  const image = 'docker.io/eks/aws-network-policy-agent:v1.2.1';
  const pod = live('v1 Pod kube-system/aws-node-1', { spec: { containers: [{ name: 'main', image, args }] } });
  expect(lines(examineNetworkPolicies(policies({}), facts({ pods: [pod] })))).toContainEqual(expected);
});

test.each([
  ['quay.io/cilium/cilium:v1.18.1@sha256:0123', 'v1.34.4', 'ok: cilium/cilium enforces them'],
  ['docker.io/kindest/kindnetd:v20250512', 'v1.34.4', 'ok: kindest/kindnetd enforces them'],
  ['registry.example.org/antrea/antrea-agent-ubuntu:v2.4.0', 'v1.34.4', 'ok: antrea/antrea-agent-ubuntu enforces them'],
  ['docker.io/flannel/flannel:v0.27.0', 'v1.34.4', expect.stringMatching(/^warning: no pod runs a program/)],
  ['docker.io/rancher/klipper-lb:v0.4.13', 'v1.34.4+k3s1', 'ok: v1.34.4+k3s1 enforces them itself'],
])('with a pod of %s on %s: %s', (image, version, expected) => {
  const pod = live('v1 Pod kube-system/main', { spec: { containers: [{ name: 'main', image }] } });
  expect(lines(examineNetworkPolicies(policies({}), facts({ pods: [pod], version })))).toContainEqual(expected);
});

test('nothing is concluded from what could not be read', () => {
  const unseen = facts({ pods: undefined, services: undefined, apiServerSlices: undefined });
  expect(examineNetworkPolicies(policies({}), unseen)).toEqual([]);
  const behindNothing = facts({ pods: undefined, services: undefined, apiServerSlices: [] });
  expect(examineNetworkPolicies(policies({}), behindNothing)).toEqual([]);
});
