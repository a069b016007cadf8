import type { OutputIndex } from '../../lib/checks/output-index';
import type { ConnectionProps, PodPort, Pods, ServicePort } from '../../lib/graph/connection';
import { Endpoint } from '../../lib/graph/endpoint';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import { Flows, isGroup } from '../../lib/network/flows';
import { clusterAddress } from '../../lib/checks/cluster-addresses';
import { podsOfMonitor, servicesOfMonitor, type MonitorSpec } from './monitor-check';

/** The part of the config that is read here. */
interface PrometheusConfig {
  readonly external?: { readonly url: string; readonly namespace?: string };
}

/** Whom Prometheus, Alertmanager and the prober talk to, as the operator's custom resources say. */
export function monitoringConnections(index: OutputIndex, config: PrometheusConfig | false): ConnectionProps[] {
  const objects = index.objects.filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com/'));
  const ofKind = (kind: string): KubernetesObject[] => objects.filter((object) => object.kind === kind);
  const scrapers = [...ofKind('Prometheus').map(podsOf), ...externalScraper(config)];
  const scraped = [
    ...ofKind('ServiceMonitor').flatMap((monitor) => serviceTargets(index, monitor)),
    ...ofKind('PodMonitor').flatMap((monitor) => podTargets(index, monitor)),
    ...ofKind('Probe').map(proberOf),
  ];
  return [
    ...scrapers.flatMap((from) => scraped.map((to) => ({ from, to, purpose: 'metrics', later: true }))),
    ...ofKind('Prometheus').flatMap(alerting),
    ...ofKind('Alertmanager').flatMap(peers),
    ...ofKind('Probe').flatMap((probe) => probed(index, probe)),
  ];
}

const podsOf = ({ kind, metadata: { namespace = '', name } }: KubernetesObject): Pods => ({ kind, namespace, name });

/** A Prometheus of the user's own, whose labels nobody knows. */
function externalScraper(config: PrometheusConfig | false): Pods[] {
  const namespace = config === false ? undefined : scraperNamespace(config);
  return namespace === undefined ? [] : [{ title: 'every pod', namespace, labels: {} }];
}

/** Namespace of the user's own Prometheus: as written, or that of its address. */
export const scraperNamespace = ({ external }: PrometheusConfig): string | undefined =>
  external?.namespace ?? (external && clusterAddress(Endpoint.ofUrl(external.url).host)?.namespace);

function serviceTargets(index: OutputIndex, monitor: KubernetesObject): ServicePort[] {
  const { endpoints = [] } = monitor.spec as MonitorSpec;
  return servicesOfMonitor(index, monitor).flatMap(({ name, namespace }) =>
    endpoints.flatMap(({ port }) => (port === undefined ? [] : [{ service: name, namespace, port }])),
  );
}

function podTargets(index: OutputIndex, monitor: KubernetesObject): PodPort[] {
  const { podMetricsEndpoints = [] } = monitor.spec as MonitorSpec;
  const owners = new Set(podsOfMonitor(index, monitor).flatMap(({ owner }) => owner ?? []));
  return [...owners]
    .map(podsOf)
    .flatMap((pods) => podMetricsEndpoints.flatMap(({ port }) => (port === undefined ? [] : [{ pods, port }])));
}

const proberOf = ({ spec }: KubernetesObject): Endpoint => Endpoint.ofUrl(`http://${(spec as ProbeSpec).prober.url}`);

interface ProbeSpec {
  readonly prober: { readonly url: string };
  readonly targets: { readonly staticConfig?: { readonly static?: readonly string[] } };
}

/** What the prober asks on behalf of Prometheus. */
function probed(index: OutputIndex, probe: KubernetesObject): ConnectionProps[] {
  const probers = new Flows(index)
    .destinations(proberOf(probe))
    .map(({ to }) => to)
    .filter(isGroup);
  const { staticConfig } = (probe.spec as ProbeSpec).targets;
  return probers.flatMap(({ kind, namespace, name }) =>
    (staticConfig?.static ?? []).map((url) => ({
      from: { kind, namespace, name },
      to: Endpoint.ofUrl(url),
      purpose: 'probes it',
      later: true,
    })),
  );
}

const alerting = (prometheus: KubernetesObject): ConnectionProps[] =>
  alertmanagersOf(prometheus).map(({ name, namespace, port }) => ({
    from: podsOf(prometheus),
    to: { service: name, namespace, port },
    purpose: 'alerts',
    later: true,
  }));

const alertmanagersOf = ({ spec }: KubernetesObject) =>
  (spec as { alerting?: { alertmanagers: readonly { name: string; namespace: string; port: string | number }[] } })
    .alerting?.alertmanagers ?? [];

/** Replicas tell each other what has been sent (prometheus-operator v0.94.1, pkg/alertmanager/statefulset.go). */
function peers(alertmanager: KubernetesObject): ConnectionProps[] {
  const { replicas = 1 } = (alertmanager.spec ?? {}) as { readonly replicas?: number };
  const pods = podsOf(alertmanager);
  if (replicas < 2) return [];
  return (['TCP', 'UDP'] as const).map((protocol) => ({
    from: pods,
    to: { pods, port: 9094, protocol },
    purpose: 'what has been sent',
    later: true,
  }));
}
