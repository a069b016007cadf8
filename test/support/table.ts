import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import type { Loose } from './config';

// Objects as lines that are short enough to review: one for each object, container, port that a Service has, webhook and
// rule of a Role. Left out is what neither opens, starts, watches nor allows anything.

/** @param objects in the order of the lines */
export const tableOf = (objects: readonly KubernetesObject[]): string => objects.flatMap(linesOf).join('\n');

const linesOf = (object: KubernetesObject): string[] => [
  words(object.kind, placeOf(object), summaryOf(object as Loose)),
  ...[...containerLines(object), ...detailsOf(object as Loose)].map((line) => `  ${line}`),
];

const placeOf = ({ metadata: { namespace, name } }: KubernetesObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

const words = (...parts: unknown[]): string => parts.filter((part) => part !== undefined && part !== '').join(' ');

const named = (name: string, value: unknown): string | undefined =>
  value === undefined ? undefined : `${name}=${typeof value === 'object' ? flat(value) : (value as string)}`;

/** `a=1,b{c=2}`: an object in one word. */
const flat = (value: Loose): string =>
  Object.entries(value)
    .map(([key, inner]) => (typeof inner === 'object' ? `${key}{${flat(inner)}}` : `${key}=${inner as string}`))
    .join(',');

const names = (items: Loose): string | undefined =>
  items === undefined ? undefined : items.map(({ name }: Loose) => name).join(',');

/** What the line of an object says beside its name. */
function summaryOf({ kind, spec = {}, roleRef, subjects = [], data, ...rest }: Loose): string {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return words(
        named('replicas', spec.replicas),
        named('strategy', spec.strategy ?? spec.updateStrategy),
        named('selector', spec.selector?.matchLabels),
        named('account', spec.template.spec.serviceAccountName),
        named('user', spec.template.spec.securityContext?.runAsUser),
        named('volumes', names(spec.volumeClaimTemplates?.map(({ metadata }: Loose) => metadata))),
      );
    case 'Service':
      return words(
        spec.type ?? 'ClusterIP',
        spec.clusterIP === 'None' ? 'headless' : '',
        named('selector', spec.selector),
      );
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return `${roleRef.kind}/${roleRef.name} to ${subjects.map((to: Loose) => words(to.kind, to.namespace, to.name)).join(', ')}`;
    case 'PodDisruptionBudget':
      return words(named('maxUnavailable', spec.maxUnavailable), named('minAvailable', spec.minAvailable));
    case 'PersistentVolumeClaim':
      return words(spec.storageClassName, spec.resources.requests.storage);
    case 'ConfigMap':
      return Object.keys(data ?? {}).join(' ');
    case 'StorageClass':
      return words(rest.provisioner, named('parameters', rest.parameters));
    case 'CustomResourceDefinition':
      return spec.versions
        .map(({ name, served, storage }: Loose) => words(name, served ? 'served' : '', storage ? 'stored' : ''))
        .join(', ');
    case 'Prometheus':
    case 'Alertmanager':
      return words(
        named('replicas', spec.replicas),
        named('image', spec.image),
        named('account', spec.serviceAccountName),
        named('retention', spec.retention),
        resourcesOf(spec),
      );
    case 'ServiceMonitor':
    case 'PodMonitor':
      return words(
        named('selector', spec.selector.matchLabels),
        ...(spec.endpoints ?? spec.podMetricsEndpoints).map(({ port, path }: Loose) => `${port}${path ?? '/metrics'}`),
      );
    default:
      return '';
  }
}

function containerLines(object: KubernetesObject): string[] {
  const { initContainers = [], containers = [] } = podTemplateOf(object)?.spec ?? ({} as Loose);
  const lines = (what: string, container: Loose): string[] => [
    words(
      ...[what, container.name, container.image],
      named('ports', container.ports?.map((port: Loose) => `${port.name}:${port.containerPort}`).join(',')),
      resourcesOf(container),
    ),
    ...(['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
      .filter((probe) => container[probe] !== undefined)
      .map((probe) => `  ${probe} ${probeOf(container[probe])}`),
  ];
  return [
    ...initContainers.flatMap((container: Loose) => lines('init', container)),
    ...containers.flatMap((container: Loose) => lines('container', container)),
  ];
}

function resourcesOf({ resources }: Loose): string | undefined {
  if (resources === undefined) return undefined;
  const { requests = {}, limits = {} } = resources;
  return words(`cpu=${requests.cpu}..${limits.cpu}`, `memory=${requests.memory}..${limits.memory}`);
}

function probeOf({ httpGet, tcpSocket, grpc, exec, ...times }: Loose): string {
  if (httpGet !== undefined) return words(httpGet.scheme ?? 'HTTP', `${httpGet.port}${httpGet.path}`, flat(times));
  if (exec !== undefined) return words(exec.command.join(' ').replaceAll('\n', '; '), flat(times));
  return words(tcpSocket === undefined ? 'gRPC' : 'TCP', (tcpSocket ?? grpc).port, flat(times));
}

/** The lines below that of an object. */
function detailsOf({ kind, spec = {}, rules, webhooks }: Loose): string[] {
  switch (kind) {
    case 'Service':
      return (spec.ports ?? []).map((port: Loose) =>
        words('port', port.name, `${port.port}→${port.targetPort ?? port.port}`, named('nodePort', port.nodePort)),
      );
    case 'Role':
    case 'ClusterRole':
      return (rules ?? []).map(({ apiGroups = [], resources = [], resourceNames, nonResourceURLs, verbs }: Loose) =>
        words(
          `allow ${verbs.join(',')} on`,
          nonResourceURLs?.join(',') ??
            resources.map((resource: string) => `${apiGroups.join('|') || 'core'}/${resource}`).join(','),
          named('named', resourceNames?.join(',')),
        ),
      );
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration':
      return (webhooks ?? []).map(({ name, clientConfig: { service }, failurePolicy }: Loose) =>
        words(
          'webhook',
          name,
          `${service.namespace}/${service.name}:${service.port ?? 443}${service.path ?? ''}`,
          failurePolicy,
        ),
      );
    default:
      return [];
  }
}

/** A table that a snapshot shows without quotes. */
export class Table {
  readonly text: string;

  constructor(objects: readonly KubernetesObject[]) {
    this.text = tableOf(objects);
  }
}

expect.addSnapshotSerializer({
  test: (value: unknown) => value instanceof Table,
  serialize: (value: Table) => value.text,
});
