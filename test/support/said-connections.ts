import { isIP } from 'node:net';
import type { Output } from '../../lib/checks/output';
import { nameOfSubject, type ConnectionProps, type Subject, type Target } from '../../lib/graph/connection';
import { Endpoint } from '../../lib/graph/endpoint';
import type { Loose } from './config';
import type { Door, End, SeenPod } from './policy-judge';

// What the connections of an output say of the pods in it. Written apart from lib/network, to find what is wrong there.

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
    if (to.name === 'the DNS' && /^(53|5353|8053)\//.test(door)) return true;
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
