import type { Container, KeyItem, Reference as NamedReference, Volume } from '../kubernetes/object';
import type { Target } from '../kubernetes/target';
import { containersOf, type WorkloadPodSpec } from '../kubernetes/workload';

/** Everything that a pod needs by name, in its own namespace unless it says otherwise. */
export function podTargets(spec: WorkloadPodSpec): Target[] {
  const { serviceAccountName, priorityClassName, imagePullSecrets = [], volumes = [] } = spec;
  return [
    ...named('ServiceAccount', serviceAccountName, 'serviceAccountName'),
    ...named('PriorityClass', priorityClassName, 'priorityClassName'),
    ...imagePullSecrets.flatMap(({ name }) => named('Secret', name, 'imagePullSecrets')),
    ...containersOf(spec).flatMap(containerTargets),
    ...volumes.flatMap(volumeTargets),
  ];
}

/** One target, if there is a name. */
export const named = (kind: string, name: string | undefined, as: string): Target[] =>
  name === undefined || name === '' ? [] : [{ kind, name, as }];

export function containerTargets({
  name,
  env = [],
  envFrom = [],
}: Pick<Container, 'name' | 'env' | 'envFrom'>): Target[] {
  return [
    ...env.flatMap((variable): Target[] => {
      const { secretKeyRef, configMapKeyRef } = variable.valueFrom ?? {};
      const as = `env ${variable.name} of container ${name}`;
      return [...keyed('Secret', secretKeyRef, as), ...keyed('ConfigMap', configMapKeyRef, as)];
    }),
    ...envFrom.flatMap(({ secretRef, configMapRef }) => {
      const as = `envFrom of container ${name}`;
      return [...required('Secret', secretRef, as), ...required('ConfigMap', configMapRef, as)];
    }),
  ];
}

type KeyedReference = (NamedReference & { readonly key: string }) | undefined;

const keyed = (kind: string, reference: KeyedReference, as: string): Target[] =>
  reference === undefined || reference.optional === true
    ? []
    : [{ kind, name: reference.name, keys: [reference.key], as }];

const required = (
  kind: string,
  reference: (NamedReference & { readonly items?: readonly KeyItem[] }) | undefined,
  as: string,
): Target[] =>
  reference === undefined || reference.optional === true
    ? []
    : [{ kind, name: reference.name, keys: reference.items?.map((item) => item.key), as }];

function volumeTargets(volume: Volume): Target[] {
  const as = `volume ${volume.name}`;
  const {
    secret,
    configMap,
    persistentVolumeClaim: claim,
    projected,
    ephemeral,
  } = volume as Volume & {
    readonly ephemeral?: { readonly volumeClaimTemplate?: { readonly spec?: { readonly storageClassName?: string } } };
  };
  return [
    ...required('Secret', secret === undefined ? undefined : { ...secret, name: secret.secretName }, as),
    ...required('ConfigMap', configMap, as),
    ...named('PersistentVolumeClaim', claim?.claimName, as),
    ...named('StorageClass', ephemeral?.volumeClaimTemplate?.spec?.storageClassName, as),
    ...(projected?.sources ?? []).flatMap((source) => [
      ...required('Secret', source.secret, as),
      ...required('ConfigMap', source.configMap, as),
    ]),
  ];
}
