import type { Container, KubernetesObject, PodSpec } from '../kubernetes/object';
import { podTemplateOf } from '../kubernetes/object';
import { containerTargets, named, podTargets } from './pod-references';

/** What an object refers to by name. */
export interface Target {
  readonly kind: string;
  /** @default the namespace of the object that refers to it */
  readonly namespace?: string;
  readonly name: string;
  /** Keys of the Secret or ConfigMap that must be there. @default none in particular */
  readonly keys?: readonly string[];
  /** Name or number of the Service's port. @default none in particular */
  readonly port?: number | string;
  /** How messages name the field, such as `volume data`. */
  readonly as: string;
}

/** A target with who refers to it. References that may lead nowhere (`optional: true`) are none. */
export interface Reference extends Target {
  readonly from: KubernetesObject;
}

/** Every reference of an object. */
export function referencesOf(object: KubernetesObject): Reference[] {
  const template = podTemplateOf(object);
  const targets = [
    ...(template === undefined ? [] : podTargets(template.spec)),
    ...(targetsByKind[object.kind]?.(object) ?? []),
    ...(object.apiVersion.startsWith('monitoring.coreos.com/') ? selectorTargets(object.spec, '') : []),
  ];
  return targets.map((target) => ({
    ...target,
    namespace: clusterScoped.has(target.kind) ? undefined : (target.namespace ?? object.metadata.namespace),
    from: object,
  }));
}

const clusterScoped: ReadonlySet<string> = new Set(['ClusterRole', 'PriorityClass', 'StorageClass']);

const targetsByKind: Readonly<Record<string, (object: KubernetesObject) => Target[]>> = {
  ServiceAccount: ({ secrets, imagePullSecrets }) => [
    ...names(secrets).flatMap((name) => named('Secret', name, 'secrets')),
    ...names(imagePullSecrets).flatMap((name) => named('Secret', name, 'imagePullSecrets')),
  ],
  RoleBinding: bindingTargets,
  ClusterRoleBinding: bindingTargets,
  PersistentVolumeClaim: ({ spec }) => claimTargets({ spec: spec as Claim['spec'] }, 'storageClassName'),
  StatefulSet: ({ spec }) => {
    const { serviceName, volumeClaimTemplates = [] } = spec as StatefulSetSpec;
    return [
      ...named('Service', serviceName, 'serviceName'),
      ...volumeClaimTemplates.flatMap((claim) => claimTargets(claim, `volumeClaimTemplate ${claim.metadata.name}`)),
    ];
  },
  HorizontalPodAutoscaler: ({ spec }) => {
    const { kind, name } = (spec as { scaleTargetRef: { kind: string; name: string } }).scaleTargetRef;
    return [{ kind, name, as: 'scaleTargetRef' }];
  },
  Ingress: ({ spec }) => ingressTargets(spec as IngressSpec),
  ValidatingWebhookConfiguration: webhookTargets,
  MutatingWebhookConfiguration: webhookTargets,
  SeldonDeployment: ({ spec }) => (spec as SeldonSpec).predictors.flatMap(predictorTargets),
  Prometheus: ({ spec }) => [...serverTargets(spec as ServerSpec), ...alertingTargets(spec as ServerSpec)],
  Alertmanager: ({ spec }) => {
    const { configSecret, alertmanagerConfiguration: configuration } = spec as AlertmanagerSpec;
    return [
      ...serverTargets(spec as ServerSpec),
      ...named('Secret', configSecret, 'configSecret'),
      ...named('AlertmanagerConfig', configuration?.name, 'alertmanagerConfiguration'),
    ];
  },
};

const names = (references: unknown): string[] =>
  ((references ?? []) as readonly { name: string }[]).map(({ name }) => name);

interface Claim {
  readonly spec?: { readonly storageClassName?: string };
}

interface StatefulSetSpec {
  readonly serviceName?: string;
  readonly volumeClaimTemplates?: readonly (Claim & { readonly metadata: { readonly name: string } })[];
}

const claimTargets = ({ spec }: Claim, as: string): Target[] => named('StorageClass', spec?.storageClassName, as);

function bindingTargets(object: KubernetesObject): Target[] {
  const { roleRef, subjects = [] } = object as unknown as {
    roleRef: { kind: string; name: string };
    subjects?: readonly { kind: string; name: string; namespace?: string }[];
  };
  // Users and groups are no objects: nobody can look them up.
  const accounts = subjects.filter(({ kind }) => kind === 'ServiceAccount');
  return [
    { kind: roleRef.kind, name: roleRef.name, as: 'roleRef' },
    ...accounts.map(({ kind, name, namespace }) => ({ kind, name, namespace, as: 'subjects' })),
  ];
}

interface Backend {
  readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } };
}

interface IngressSpec {
  readonly defaultBackend?: Backend;
  readonly rules?: readonly { readonly http?: { readonly paths: readonly { readonly backend: Backend }[] } }[];
  readonly tls?: readonly { readonly secretName?: string }[];
}

function ingressTargets({ defaultBackend, rules = [], tls = [] }: IngressSpec): Target[] {
  const backends = [defaultBackend, ...rules.flatMap(({ http }) => http?.paths.map(({ backend }) => backend) ?? [])];
  return [
    ...backends.flatMap((backend): Target[] => {
      if (backend?.service === undefined) return [];
      const { name, port } = backend.service;
      return [{ kind: 'Service', name, port: port?.number ?? port?.name, as: 'backend' }];
    }),
    ...tls.flatMap(({ secretName }) => named('Secret', secretName, 'tls')),
  ];
}

interface Webhook {
  readonly name: string;
  readonly clientConfig: { readonly service?: { name: string; namespace: string; port?: number } };
}

function webhookTargets(object: KubernetesObject): Target[] {
  return ((object.webhooks ?? []) as readonly Webhook[]).flatMap(({ name, clientConfig }): Target[] => {
    if (clientConfig.service === undefined) return [];
    const { port = 443, ...service } = clientConfig.service;
    return [{ kind: 'Service', name: service.name, namespace: service.namespace, port, as: `webhook ${name}` }];
  });
}

interface GraphNode {
  readonly name: string;
  readonly envSecretRefName?: string;
  readonly serviceAccountName?: string;
  readonly children?: readonly GraphNode[];
}

interface Predictor {
  readonly graph: GraphNode;
  readonly componentSpecs?: readonly { readonly spec?: Partial<PodSpec> }[];
  readonly svcOrchSpec?: Pick<Container, 'env'>;
}

interface SeldonSpec {
  readonly predictors: readonly Predictor[];
}

const predictorTargets = ({ graph, componentSpecs = [], svcOrchSpec }: Predictor): Target[] => [
  ...graphTargets(graph),
  ...componentSpecs.flatMap(({ spec }) => podTargets({ containers: [], ...spec })),
  ...containerTargets({ name: 'svcOrchSpec', env: svcOrchSpec?.env }),
];

const graphTargets = ({ name, envSecretRefName, serviceAccountName, children = [] }: GraphNode): Target[] => [
  ...named('Secret', envSecretRefName, `envSecretRefName of ${name}`),
  ...named('ServiceAccount', serviceAccountName, `serviceAccountName of ${name}`),
  ...children.flatMap(graphTargets),
];

interface ServerSpec extends Partial<PodSpec> {
  readonly secrets?: readonly string[];
  readonly configMaps?: readonly string[];
  readonly storage?: { readonly volumeClaimTemplate?: Claim };
  readonly alerting?: {
    readonly alertmanagers: readonly { name: string; namespace: string; port: number | string }[];
  };
}

interface AlertmanagerSpec {
  readonly configSecret?: string;
  readonly alertmanagerConfiguration?: { readonly name: string };
}

/** Fields that a Prometheus and an Alertmanager have in common: prometheus-operator v0.62.0, monitoring/v1. */
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
 * object with `name` and `key` (prometheus-operator v0.62.0, pkg/apis/monitoring/v1/types.go).
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
