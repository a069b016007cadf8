import type { Output } from '../../lib/checks/output';
import { nameOfSubject } from '../../lib/graph/connection';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import type { Loose } from './config';
import { isAllowed, type End, type SeenAddress, type SeenPod } from './policy-judge';
import { Said } from './said-connections';

// What is in a network with the platform, and what its connections say of it. Written apart from lib/network, to find what
// is wrong there.

export const node: SeenAddress = { name: 'a node', address: '10.0.0.9' };
export const apiServer: SeenAddress = { name: 'the API server', address: '10.0.0.1' };
export const internet: SeenAddress = { name: 'the Internet', address: '203.0.113.80' };
const nameServer = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

/** Pods of an output, of its operators, of flow runs, of the cluster, and of strangers. */
export function podsOf({ files, declared, connections }: Output): SeenPod[] {
  const objects = files.flatMap((file) => file.objects);
  const pods: Omit<SeenPod, 'address'>[] = objects.flatMap((object) => [
    ...podsOfWorkload(object),
    ...declared.customResources.of(object).flatMap(({ made }) =>
      (made?.(object).pods ?? []).map(({ namespace, labels, ports }) => ({
        ...{ name: nameOf(object), namespace, labels, ports, hostNetwork: false },
      })),
    ),
  ]);
  const labelled = connections
    .flatMap(({ from, to }) => [from, ...(typeof to === 'object' && 'pods' in to ? [to.pods] : [])])
    .flatMap((end) => (typeof end === 'object' && 'title' in end ? [end] : []))
    .map((end) => ({
      name: nameOfSubject(end),
      namespace: end.namespace,
      labels: end.labels,
      ports: [],
      hostNetwork: false,
    }));
  const others = [
    { name: 'the DNS', ...nameServer, ports: [], hostNetwork: false },
    { name: 'a stranger', namespace: 'default', labels: { app: 'stranger' }, ports: [], hostNetwork: false },
  ];
  const once = new Map([...pods, ...labelled].map((pod) => [JSON.stringify(pod), pod]));
  return [...once.values(), ...others].map((pod, at) => ({ ...pod, address: `10.244.${at >> 8}.${at & 255}` }));
}

const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind}/${metadata.namespace}/${kind === 'Job' ? metadata.name.replace(/-[0-9a-f]{8}$/, '') : metadata.name}`;

function podsOfWorkload(object: KubernetesObject): Omit<SeenPod, 'address'>[] {
  const template: Loose = podTemplateOf(object);
  if (template === undefined) return [];
  const containers: Loose[] = [...(template.spec.initContainers ?? []), ...template.spec.containers];
  return [
    {
      name: nameOf(object),
      namespace: object.metadata.namespace ?? '',
      labels: template.metadata.labels,
      ports: containers.flatMap(({ ports = [] }) => ports),
      hostNetwork: template.spec.hostNetwork === true,
    },
  ];
}

const strangePorts = [22, 53, 80, 443, 6443, 8443, 9100, 10250];

/** What policies and connections say differently: one line for each. */
export function differences(output: Output, policies: readonly Loose[], apiServerPorts: readonly number[]): string[] {
  const pods = podsOf(output);
  const said = new Said(output, pods, apiServerPorts);
  const ends: End[] = [...pods, node, apiServer, internet];
  const found = ends.flatMap((to) => {
    const own = 'ports' in to ? to.ports.map(({ containerPort }) => containerPort) : [];
    const tried = [...new Set([...own, ...strangePorts, ...portsIn(policies)])];
    return tried.flatMap((port) =>
      (['TCP', 'UDP'] as const).flatMap((protocol) =>
        ends.flatMap((from) => {
          const allowed = isAllowed(policies, from, to, { port, protocol });
          if (allowed === said.allows(from, to, { port, protocol })) return [];
          return [
            `${from.name} → ${to.name}:${port}/${protocol} is ${allowed ? 'allowed, not declared' : 'declared, not allowed'}`,
          ];
        }),
      ),
    );
  });
  return [...new Set(found)].sort();
}

/** Every port that a policy names. */
const portsIn = (policies: readonly Loose[]): number[] => [
  ...new Set(
    policies.flatMap(({ spec }) =>
      [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(({ ports = [] }: Loose) =>
        ports.map(({ port }: Loose) => port as number),
      ),
    ),
  ),
];

/** The policies of an output. */
export const policiesOf = ({ files }: Pick<Output, 'files'>): Loose[] =>
  files.flatMap(({ objects }) => objects).filter(({ kind }) => kind === 'NetworkPolicy');

/** Which pods may reach which: `from` → `to:port`. A stranger stands for everybody. */
export function allowedPairs(output: Output): string[] {
  const pods = podsOf(output);
  const policies = policiesOf(output);
  const closed = pods.filter(({ name, hostNetwork }) => name !== 'the DNS' && !hostNetwork);
  const pairs = closed.flatMap((from) =>
    closed.flatMap((to) =>
      to.ports
        .filter(({ containerPort: port }) => from !== to && isAllowed(policies, from, to, { port, protocol: 'TCP' }))
        .map(({ containerPort }) => `${from.name} → ${to.name}:${containerPort}`),
    ),
  );
  return [...new Set(pairs)].sort();
}
