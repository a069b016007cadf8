import { serviceSpec } from '../../lib/kubernetes/kube-service';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { about, counted, type Finding } from './finding';
import type { ClusterFacts, LivePod } from './facts';
import { isOurs, type Platform } from './platform';

const { problem, ok } = about('node ports');

/** Whether every node port is free and within the cluster's range. */
export function examineNodePorts(platform: Platform, { services, pods }: ClusterFacts): Finding[] {
  const wanted = platform.objects.flatMap((object) => portsOf(object).map((port) => ({ ...port, object })));
  if (wanted.length === 0) return [];
  const range = pods?.map(rangeOf).find((found) => found !== undefined);
  const outside = wanted
    .filter(({ port }) => range !== undefined && (port < range.from || port > range.to))
    .map(({ port, object }) =>
      problem(
        `the API server gives node ports from ${range?.from ?? ''} to ${range?.to ?? ''}, and ${nameOf(object)} wants ${port}`,
        'choose another port in config.ts (port, or bootstrapPort and brokerPorts of Kafka), or another way to be reached',
      ),
    );
  if (services === undefined) return outside;
  const others = services.filter((service) => !isOurs(platform, service));
  const taken = new Map(
    others.flatMap((service) => portsOf(service).map(({ port, protocol }) => [`${port}/${protocol}`, service])),
  );
  const used = wanted.flatMap(({ port, protocol, object }) => {
    const owner = taken.get(`${port}/${protocol}`);
    if (owner === undefined) return [];
    return [
      problem(
        `node port ${port}, which ${nameOf(object)} wants, is that of ${nameOf(owner)}`,
        `choose another port in config.ts, such as ${freePort(taken, wanted, range?.from)}; or remove that Service`,
      ),
    ];
  });
  const findings = [...outside, ...used];
  return findings.length > 0 ? findings : [ok(`${counted(wanted.length, 'port')} free`)];
}

interface Port {
  readonly port: number;
  readonly protocol: string;
}

function portsOf(object: KubernetesObject): Port[] {
  if (object.kind !== 'Service') return [];
  const { ports = [], healthCheckNodePort } = serviceSpec(object);
  return [...ports, { nodePort: healthCheckNodePort, protocol: 'TCP' }].flatMap(({ nodePort, protocol = 'TCP' }) =>
    nodePort === undefined ? [] : [{ port: nodePort, protocol }],
  );
}

/** A node port that neither the cluster nor the platform uses. */
function freePort(taken: ReadonlyMap<string, unknown>, wanted: readonly Port[], from = 30000): number {
  const used = new Set([
    ...[...taken.keys()].map((key) => Number(key.split('/')[0])),
    ...wanted.map(({ port }) => port),
  ]);
  let port = Math.max(from, 30500);
  while (used.has(port)) port += 1;
  return port;
}

/** The range of an API server that runs as a pod with its flags, as kubeadm sets it up. */
function rangeOf({ metadata, spec }: LivePod): { readonly from: number; readonly to: number } | undefined {
  if (metadata.namespace !== 'kube-system' || metadata.labels?.component !== 'kube-apiserver') return undefined;
  const flags = spec.containers.flatMap(({ command = [], args = [] }) => [...command, ...args]).join(' ');
  const [, from, to] = /--service-node-port-range=(\d+)-(\d+)/.exec(flags) ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}
