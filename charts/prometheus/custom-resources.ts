import { named, podTargets } from '../../lib/checks/pod-references';
import { claimTargets } from '../../lib/checks/references';
import type { Target } from '../../lib/kubernetes/target';
import type { Labels } from '../../lib/kubernetes/selection';
import type { Service } from '../../lib/kubernetes/kube-service';
import type { KubernetesObject, PodSpec, Resources } from '../../lib/kubernetes/object';
import type { CustomResource, Made, OperatedPodSet } from '../../lib/kubernetes/custom-resource';
import { claimSet, type Claim } from '../../lib/kubernetes/pod-set';

const apiGroup = 'monitoring.coreos.com';

/** What the operator makes of a Prometheus and of an Alertmanager alike. */
const server = {
  apiGroup,
  /** Fields that the operator hands on to the pods as they are: prometheus-operator v0.94.1, monitoring/v1. */
  podFields: [
    'imagePullSecrets',
    'nodeSelector',
    'tolerations',
    'affinity',
    'priorityClassName',
    'topologySpreadConstraints',
  ],
  choosesImage: true,
  /** prometheus-operator v0.94.1, pkg/{prometheus/server,alertmanager}. */
  statefulSet: ({ kind, metadata }: KubernetesObject): string => `${kind.toLowerCase()}-${metadata.name}`,
  podSets: (object: KubernetesObject): OperatedPodSet[] => {
    const { replicas = 1, resources } = specOf(object);
    return [{ containers: [{ name: object.kind.toLowerCase(), resources }], count: replicas }];
  },
  claimSets: (object: KubernetesObject) => {
    const { replicas = 1, storage } = specOf(object);
    return storage?.volumeClaimTemplate === undefined ? [] : [claimSet(storage.volumeClaimTemplate, replicas)];
  },
};

export const customResources: readonly CustomResource[] = [
  {
    ...server,
    kind: 'Prometheus',
    made: (object) => made(object, 'prometheus', 9090),
    targets: (object) => [...serverTargets(specOf(object)), ...alertingTargets(specOf(object))],
  },
  {
    ...server,
    kind: 'Alertmanager',
    made: (object) => made(object, 'alertmanager', 9093),
    targets: (object) => {
      const { configSecret, alertmanagerConfiguration: configuration } = specOf(object);
      return [
        ...serverTargets(specOf(object)),
        ...named('Secret', configSecret, 'configSecret'),
        ...named('AlertmanagerConfig', configuration?.name, 'alertmanagerConfiguration'),
      ];
    },
  },
  { apiGroup, targets: ({ spec }) => selectorTargets(spec, '') },
];

/** The fields of a Prometheus or an Alertmanager that are read here: prometheus-operator v0.94.1, monitoring/v1. */
interface ServerSpec extends Partial<PodSpec> {
  readonly replicas?: number;
  readonly resources?: Resources;
  readonly portName?: string;
  readonly podMetadata?: { readonly labels?: Labels };
  readonly secrets?: readonly string[];
  readonly configMaps?: readonly string[];
  readonly storage?: { readonly volumeClaimTemplate?: Claim };
  readonly alerting?: {
    readonly alertmanagers: readonly { name: string; namespace: string; port: number | string }[];
  };
  readonly configSecret?: string;
  readonly alertmanagerConfiguration?: { readonly name: string };
}

const specOf = ({ spec }: KubernetesObject): ServerSpec => (spec ?? {}) as ServerSpec;

/** Labels, ports and governing Service: prometheus-operator v0.94.1, pkg/{prometheus/server,alertmanager}/statefulset.go. */
function made(object: KubernetesObject, kind: 'prometheus' | 'alertmanager', port: number): Made {
  const { name, namespace = '' } = object.metadata;
  const { portName = 'web', podMetadata } = specOf(object);
  const labels = {
    ...podMetadata?.labels,
    'app.kubernetes.io/name': kind,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    'app.kubernetes.io/instance': name,
    [kind]: name,
    ...(kind === 'prometheus' ? { 'operator.prometheus.io/name': name, 'operator.prometheus.io/shard': '0' } : {}),
  };
  const ports = [
    { name: portName, containerPort: port },
    { name: 'reloader-web', containerPort: 8080 },
    ...(kind === 'alertmanager' ? [{ containerPort: 9094 }] : []),
  ];
  const governing: Service = {
    name: `${kind}-operated`,
    namespace,
    labels: { [`operated-${kind}`]: 'true' },
    ports: [{ name: portName, port, targetPort: portName }],
    headless: true,
    selector: { matchLabels: { 'app.kubernetes.io/name': kind } },
  };
  const identity = { 'app.kubernetes.io/name': kind, [kind]: name };
  return { pods: [{ owner: object, namespace, labels, ports }], services: [governing], identity };
}

const serverTargets = ({ secrets = [], configMaps = [], storage, ...pod }: ServerSpec): Target[] => [
  ...podTargets({ containers: [], ...pod }),
  ...secrets.flatMap((name) => named('Secret', name, 'secrets')),
  ...configMaps.flatMap((name) => named('ConfigMap', name, 'configMaps')),
  ...claimTargets(storage?.volumeClaimTemplate ?? {}, 'storage'),
];

const alertingTargets = ({ alerting }: ServerSpec): Target[] =>
  (alerting?.alertmanagers ?? []).map(({ name, namespace, port }) => ({
    kind: 'Service',
    name,
    namespace,
    port,
    as: 'alerting',
  }));

/**
 * Passwords, certificates and extra configuration: whatever a monitoring object takes from a Secret or ConfigMap is an
 * object with `name` and `key` (prometheus-operator v0.94.1, pkg/apis/monitoring/v1).
 */
function selectorTargets(value: unknown, field: string): Target[] {
  if (typeof value !== 'object' || value === null) return [];
  const { name, key, optional } = value as { name?: unknown; key?: unknown; optional?: unknown };
  if (typeof name === 'string' && typeof key === 'string') {
    if (optional === true) return [];
    return [{ kind: /^configMap/.test(field) ? 'ConfigMap' : 'Secret', name, keys: [key], as: field }];
  }
  return Object.entries(value).flatMap(([inner, item]) =>
    // Containers are read as those of any pod.
    inner === 'containers' || inner === 'initContainers'
      ? []
      : selectorTargets(item, Array.isArray(value) ? field : inner),
  );
}
