import { isIP } from 'node:net';
import type { Output } from '../../lib/checks/output';
import { nameOfSubject, type ConnectionProps, type Subject, type Target } from '../../lib/graph/connection';
import { Endpoint } from '../../lib/graph/endpoint';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import type { Loose } from './config';
import { isAllowed, type Door, type End, type SeenAddress, type SeenPod } from './policy-judge';

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

/** Whom somebody may reach, and who may reach somebody, as the connections of an output say. */
export class Said {
  private readonly out = new Set<string>();
  private readonly into = new Set<string>();
  private readonly services: ReadonlyMap<string, Loose>;

  constructor(
    output: Output,
    private readonly pods: readonly SeenPod[],
    private readonly apiServerPorts: readonly number[],
  ) {
    const objects: Loose[] = output.files.flatMap((file) => file.objects).filter(({ kind }) => kind === 'Service');
    this.services = new Map(objects.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object]));
    for (const connection of output.connections) this.add(connection);
  }

  private add({ from, to }: ConnectionProps): void {
    const sources = typeof from === 'string' ? ['*'] : this.named(from).map(({ name }) => name);
    for (const { end, door } of this.doorsOf(to)) {
      for (const source of sources) {
        this.out.add(`${source} > ${end} ${door}`);
        this.into.add(`${source} > ${end} ${door}`);
      }
    }
  }

  private named(subject: Exclude<Subject, string>): readonly SeenPod[] {
    return this.pods.filter(({ name }) => name === nameOfSubject(subject));
  }

  /** Doors of pods, and `*` where a policy cannot say whose they are. */
  private doorsOf(to: Target): { end: string; door: string }[] {
    if (to === 'the API server') return this.apiServerPorts.map((port) => ({ end: '*', door: `${port}/TCP` }));
    if (typeof to === 'string') return [];
    if (to instanceof Endpoint) {
      const [, service = '', namespace = ''] = /(?:^|\.)([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(to.host) ?? [];
      if (isIP(to.host) > 0) return [{ end: `block ${to.host}/32`, door: `${to.port}/TCP` }];
      if (service === '') return [{ end: '*', door: `${to.port}/TCP` }];
      return this.doorsOfService(namespace, service, to.port);
    }
    if ('service' in to) return this.doorsOfService(to.namespace, to.service, to.port);
    if ('nodes' in to) return [{ end: '*', door: `${to.nodes}/TCP` }];
    if ('addresses' in to) return to.ports.map((port) => ({ end: `block ${to.addresses}`, door: `${port}/TCP` }));
    return this.named(to.pods as never).flatMap((pod) => doors(pod, to.port, to.protocol));
  }

  private doorsOfService(namespace: string, name: string, port: number | string): { end: string; door: string }[] {
    const object = this.services.get(`${namespace}/${name}`);
    if (object === undefined) return this.elsewhere(namespace, name, port);
    const { selector, ports, clusterIP } = object.spec;
    const labels = Object.entries(selector).filter(([key]) => key !== 'statefulset.kubernetes.io/pod-name');
    const pods = this.pods.filter(
      (pod) => pod.namespace === namespace && labels.every(([key, value]) => pod.labels[key] === value),
    );
    const wanted: Loose[] = ports.filter((known: Loose) => known.port === port || known.name === port);
    // The name of a headless Service leads to the pods' own ports, which have the numbers of the Service here.
    const targets = wanted.map((known) => known.targetPort ?? known.port);
    if (targets.length === 0 && clusterIP !== 'None')
      throw new Error(`Service ${namespace}/${name} has no port ${port}`);
    return pods.flatMap((pod) => targets.flatMap((target: number | string) => doors(pod, target)));
  }

  /** Services that the output does not hold. */
  private elsewhere(namespace: string, name: string, port: number | string): { end: string; door: string }[] {
    if (name === 'kubernetes') return this.doorsOf('the API server');
    if (name.endsWith('-operated')) {
      const kind = name.replace('-operated', '');
      return this.pods.filter(({ labels }) => kind in labels).flatMap((pod) => doors(pod, 'web'));
    }
    if (name.includes('kubelet')) return [{ end: '*', door: port === 'https-metrics' ? '10250/TCP' : `${port}/TCP` }];
    const models = this.pods.filter(({ labels }) => labels['seldon-app'] === name);
    if (models.length > 0) return models.flatMap((pod) => doors(pod, port));
    return [{ end: `namespace ${namespace}`, door: '*' }];
  }

  /** Whether both ends expect this traffic. */
  allows(from: End, to: End, { port, protocol }: Door): boolean {
    if (from === to) return true;
    return this.leaves(from, to, `${port}/${protocol}`) && this.enters(from, to, `${port}/${protocol}`);
  }

  private leaves(from: End, to: End, door: string): boolean {
    if (!('labels' in from) || from.hostNetwork || !this.isOurs(from)) return true;
    if (to.name === 'the DNS' && /^(53|5353)\//.test(door)) return true;
    const ends = [to.name, '*', ...('namespace' in to ? [`namespace ${to.namespace}`] : []), ...blocksAround(to)];
    return ends.some((end) => this.out.has(`${from.name} > ${end} ${door}`) || this.out.has(`${from.name} > ${end} *`));
  }

  private enters(from: End, to: End, door: string): boolean {
    if (!('labels' in to) || to.hostNetwork || !this.isOurs(to)) return true;
    const wholeNamespace = 'namespace' in from ? `every pod (${from.namespace})` : '*';
    return [from.name, '*', wholeNamespace].some((source) => this.into.has(`${source} > ${to.name} ${door}`));
  }

  private isOurs({ name }: SeenPod): boolean {
    return name.includes('/') || name.startsWith('flow runs');
  }
}

const blocksAround = (end: End): string[] => [
  `block ${end.address}/32`,
  ...(end.address.startsWith('10.') ? [] : ['block internet']),
];

const doors = (
  pod: SeenPod,
  port: number | string,
  protocol = 'TCP',
): { readonly end: string; readonly door: string }[] => {
  const numbers =
    typeof port === 'number'
      ? [port]
      : pod.ports.filter(({ name }) => name === port).map(({ containerPort }) => containerPort);
  return numbers.map((number) => ({ end: pod.hostNetwork ? '*' : pod.name, door: `${number}/${protocol}` }));
};

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
