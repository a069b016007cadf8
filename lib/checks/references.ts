import type { CustomResources } from '../kubernetes/custom-resource';
import { podTemplateOf, type KubernetesObject } from '../kubernetes/object';
import type { Claim } from '../kubernetes/pod-set';
import type { Target } from '../kubernetes/target';
import { named, podTargets } from './pod-references';

/** A target with who refers to it. References that may lead nowhere (`optional: true`) are none. */
export interface Reference extends Target {
  readonly from: KubernetesObject;
}

/** Every reference of an object. */
export function referencesOf(object: KubernetesObject, customResources: CustomResources): Reference[] {
  const template = podTemplateOf(object);
  const targets = [
    ...(template === undefined ? [] : podTargets(template.spec)),
    ...(targetsByKind[object.kind]?.(object) ?? []),
    ...customResources.of(object).flatMap((resource) => resource.targets?.(object) ?? []),
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
};

const names = (references: unknown): string[] =>
  ((references ?? []) as readonly { name: string }[]).map(({ name }) => name);

interface StatefulSetSpec {
  readonly serviceName?: string;
  readonly volumeClaimTemplates?: readonly (Claim & { readonly metadata: { readonly name: string } })[];
}

/** The class of a claim's volumes, if it names one. */
export const claimTargets = ({ spec }: Claim, as: string): Target[] =>
  named('StorageClass', spec?.storageClassName, as);

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
