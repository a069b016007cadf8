import { isIP } from 'node:net';
import { clusterAddress } from '../checks/cluster-addresses';
import type { OutputIndex } from '../checks/output-index';
import { Endpoint } from '../graph/endpoint';
import type { ConnectionProps, ServicePort, Target } from '../graph/connection';
import type { Service } from '../kubernetes/kube-service';
import { PodGroups, type PodGroup } from './pod-groups';

/** Traffic that a policy lets pass: from pods to pods, as it is on the wire once a Service has been resolved. */
export interface Flow {
  readonly from: PodGroup | 'the API server' | 'anyone';
  readonly to: Destination;
  /** @default any, where the target is not of this platform and its pods' port is not known */
  readonly port?: number;
  readonly protocol: 'TCP' | 'UDP';
}

export type Destination = PodGroup | 'the API server' | 'nodes' | Block | Host;

/** A block of addresses, or `internet` for all but private ones. */
export interface Block {
  readonly block: string;
}

/** A name that is looked up outside the cluster. */
export interface Host {
  readonly host: string;
}

export const isGroup = (end: Flow['from'] | Destination): end is PodGroup =>
  typeof end === 'object' && 'identity' in end;

/** What the connections of an output mean on the wire. */
export class Flows {
  readonly groups: PodGroups;

  /** @param connections @default those of the output */
  constructor(
    private readonly index: OutputIndex,
    private readonly connections = index.output.connections,
  ) {
    this.groups = new PodGroups(index, connections);
  }

  /** Every flow of the output once. */
  all(): Flow[] {
    const flows = new Map<string, Flow>();
    for (const connection of this.connections) {
      for (const flow of this.of(connection)) flows.set(keyOf(flow), flow);
    }
    return [...flows.values()];
  }

  /** The flows of a connection; none where an end does not exist, of which a rule tells. */
  of({ from, to }: ConnectionProps): Flow[] {
    const source = typeof from === 'string' ? from : this.groups.of(from);
    return source === undefined ? [] : this.destinations(to).map((destination) => ({ from: source, ...destination }));
  }

  /** Where a target is, with its port. */
  destinations(target: Target): Omit<Flow, 'from'>[] {
    const protocol = 'TCP';
    if (typeof target === 'string') return [{ to: target, protocol }];
    if (target instanceof Endpoint) return this.ofEndpoint(target);
    if ('service' in target) return this.ofServicePort(target);
    if ('nodes' in target) return [{ to: 'nodes', port: target.nodes, protocol }];
    if ('addresses' in target) return target.ports.map((port) => ({ to: { block: target.addresses }, port, protocol }));
    const group = this.groups.of(target.pods);
    return group === undefined ? [] : ofPods(group, group.ports, target.port, target.protocol);
  }

  /** The pods behind a Service, whatever the port. */
  behind(namespace: string, service: string): ReadonlySet<PodGroup> {
    const { selector } = this.index.service(namespace, service) ?? {};
    const pods = selector === undefined ? [] : this.index.pods.select(selector, namespace);
    return new Set(pods.map((pod) => this.groups.ofPod(pod)));
  }

  private ofEndpoint({ host, port }: Endpoint): Omit<Flow, 'from'>[] {
    const address = clusterAddress(host);
    if (address === undefined) {
      const bare = host.replace(/^\[(.*)\]$/, '$1');
      const version = isIP(bare);
      const to = version === 0 ? { host } : { block: `${bare}/${version === 4 ? 32 : 128}` };
      return [{ to, port, protocol: 'TCP' }];
    }
    const { service: name, namespace } = address;
    const service = this.index.service(namespace, name);
    if (service === undefined) return this.ofForeign(namespace);
    // DNS leads to the pods themselves, past the ports of the Service.
    return service.headless && service.selector !== undefined
      ? this.ofService(service, port)
      : this.ofServicePort({ service: name, namespace, port });
  }

  private ofServicePort({ service: name, namespace, port }: ServicePort): Omit<Flow, 'from'>[] {
    const service = this.index.service(namespace, name);
    if (service === undefined) return this.ofForeign(namespace);
    const wanted = service.ports.filter((known) => known.port === port || known.name === port);
    if (namespace === 'default' && name === 'kubernetes') return [{ to: 'the API server', protocol: 'TCP' }];
    if (service.selector === undefined) {
      return wanted.map((known) => ({ to: 'nodes', port: known.port, protocol: 'TCP' }));
    }
    return wanted.flatMap((known) => this.ofService(service, known.targetPort ?? known.port));
  }

  private ofService({ selector = {}, namespace }: Service, port: number | string): Omit<Flow, 'from'>[] {
    return this.index.pods
      .select(selector, namespace)
      .flatMap((pod) => ofPods(this.groups.ofPod(pod), pod.ports, port));
  }

  /** Of somebody else's Service only the namespace is known: its pods may have other labels and ports. */
  private ofForeign(namespace: string): Omit<Flow, 'from'>[] {
    if (!this.index.isExternal(namespace)) return [];
    const to = this.groups.of({ title: 'every pod', namespace, labels: {} });
    return to === undefined ? [] : [{ to, protocol: 'TCP' }];
  }
}

function ofPods(
  group: PodGroup,
  ports: PodGroup['ports'],
  port: number | string,
  protocol: Flow['protocol'] = 'TCP',
): Omit<Flow, 'from'>[] {
  const numbers =
    typeof port === 'number'
      ? [port]
      : ports.filter(({ name }) => name === port).map(({ containerPort }) => containerPort);
  const to = group.onHostNetwork ? 'nodes' : group;
  return numbers.map((number) => ({ to, port: number, protocol }));
}

export const keyOf = ({ from, to, port, protocol }: Flow): string =>
  [nameOfEnd(from), nameOfEnd(to), port ?? '', protocol].join(' ');

/** An end as people read it. */
export function nameOfEnd(end: Flow['from'] | Destination): string {
  if (typeof end === 'string') return end;
  if (isGroup(end)) return `${end.kind}/${end.namespace}/${end.name}`;
  return 'block' in end ? end.block : end.host;
}
