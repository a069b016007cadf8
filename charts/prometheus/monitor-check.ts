import type { Rule } from '../../lib/checks/rule';
import type { OutputIndex } from '../../lib/checks/output-index';
import { describeSelector, type LabelSelector } from '../../lib/kubernetes/selection';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';

/** The part of a ServiceMonitor or a PodMonitor that is read here. */
export interface MonitorSpec {
  readonly selector: LabelSelector;
  /** @default the monitor's own namespace */
  readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
  readonly endpoints?: readonly Endpoint[];
  readonly podMetricsEndpoints?: readonly Endpoint[];
}

interface Endpoint {
  readonly port?: string;
}

/** Every monitor finds something to scrape behind each of its endpoints: Prometheus is silent where it finds none. */
export const monitorViolations: Rule = (index) =>
  index.objects.flatMap((object) => {
    if (!object.apiVersion.startsWith('monitoring.coreos.com/')) return [];
    if (object.kind === 'ServiceMonitor') return serviceMonitorProblems(index, object);
    return object.kind === 'PodMonitor' ? podMonitorProblems(index, object) : [];
  });

function serviceMonitorProblems(index: OutputIndex, monitor: KubernetesObject): string[] {
  const { selector, endpoints = [] } = monitor.spec as MonitorSpec;
  const services = servicesOfMonitor(index, monitor);
  if (services.length === 0) return [nothing(monitor, selector, 'Service')];
  return missingPorts(monitor, endpoints, services, 'Services');
}

function podMonitorProblems(index: OutputIndex, monitor: KubernetesObject): string[] {
  const { selector, podMetricsEndpoints = [] } = monitor.spec as MonitorSpec;
  const pods = podsOfMonitor(index, monitor);
  if (pods.length > 0) return missingPorts(monitor, podMetricsEndpoints, pods, 'pods');
  return index.selectsLaterPods(selector) ? [] : [nothing(monitor, selector, 'pod')];
}

/** The Services that a ServiceMonitor selects. */
export function servicesOfMonitor(index: OutputIndex, monitor: KubernetesObject): OutputIndex['services']['items'] {
  const { selector, namespaceSelector } = monitor.spec as MonitorSpec;
  return inNamespaces(monitor, namespaceSelector, (namespace) => index.services.select(selector, namespace));
}

/** The pods that a PodMonitor selects. */
export function podsOfMonitor(index: OutputIndex, monitor: KubernetesObject): OutputIndex['pods']['items'] {
  const { selector, namespaceSelector } = monitor.spec as MonitorSpec;
  return inNamespaces(monitor, namespaceSelector, (namespace) => index.pods.select(selector, namespace));
}

function inNamespaces<T>(
  { metadata }: KubernetesObject,
  { any = false, matchNames }: NonNullable<MonitorSpec['namespaceSelector']> = {},
  select: (namespace?: string) => readonly T[],
): readonly T[] {
  return any ? select() : (matchNames ?? [metadata.namespace ?? '']).flatMap((namespace) => select(namespace));
}

const nothing = (monitor: KubernetesObject, selector: LabelSelector, what: string): string =>
  `${nameOf(monitor)}: its selector ${describeSelector(selector)} matches no ${what} (compare it with the labels there)`;

function missingPorts(
  monitor: KubernetesObject,
  endpoints: readonly Endpoint[],
  targets: readonly { readonly ports: readonly { readonly name?: string }[] }[],
  what: string,
): string[] {
  const known = new Set(targets.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? [])));
  return endpoints
    .flatMap(({ port }) => port ?? [])
    .filter((port) => !known.has(port))
    .map(
      (port) =>
        `${nameOf(monitor)}: port ${port} is none of its ${what} (they have ${[...known].join(', ') || 'none'})`,
    );
}
