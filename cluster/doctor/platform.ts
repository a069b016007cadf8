import { externalTo } from '../../lib/checks/external';
import type { DataRule } from '../../lib/service/data-rule';
import type { OperatorFacts, Upgrade } from '../../lib/service/declaration';
import type { SecretSpec } from '../../lib/graph/secret-spec';
import { listImages, type ImageCatalog, type PlatformImage } from '../../lib/images/list';
import type { ImageSources } from '../../lib/images/sources';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import type { CustomResources } from '../../lib/kubernetes/custom-resource';
import { platformLabel } from '../../lib/kubernetes/labels';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import type { OutputFile } from '../../lib/output/collect';

/** The part of the config that a cluster is compared with. */
export interface ComparedConfig {
  readonly name: string;
  readonly cluster: {
    readonly externalHost: string;
    readonly kubernetesVersion: string;
    readonly storageClass?: string;
  };
  readonly secrets: { readonly mode: string };
  readonly images: { readonly pullSecrets: readonly string[] };
  readonly networkPolicies:
    | false
    | {
        readonly flavor: string;
        readonly apiServerPorts: readonly number[];
        readonly clients: readonly { readonly namespace: string }[];
        readonly dns: readonly string[];
      };
}

/** Facts about the services that do not depend on the config. */
export interface PlatformFacts {
  readonly images: ImageCatalog;
  /** The operators that the platform can install. */
  readonly operators: readonly OperatorFacts[];
  /** Sections of docs/upgrading.md. */
  readonly upgrades: readonly Upgrade[];
  /** What must not change while there is data. */
  readonly dataRules: readonly DataRule[];
  readonly customResources: CustomResources;
}

/** What a cluster is compared with: a config and its output. */
export interface Platform {
  readonly config: ComparedConfig;
  readonly objects: readonly KubernetesObject[];
  /** Secrets that must exist before the platform starts. */
  readonly secrets: readonly ExpectedSecret[];
  readonly images: readonly Pick<PlatformImage, 'image' | 'architectures'>[];
  /** Namespaces that the config declares as existing. */
  readonly externalNamespaces: ReadonlySet<string>;
  readonly operators: PlatformFacts['operators'];
  readonly upgrades: PlatformFacts['upgrades'];
  readonly dataRules: PlatformFacts['dataRules'];
  readonly customResources: CustomResources;
}

export interface ExpectedSecret {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
  /** The part of the config that requires it. */
  readonly as: string;
}

/** The part of a synthesis that a cluster is compared with. */
interface ComparedOutput {
  readonly files: readonly OutputFile[];
  readonly images: ImageSources;
  readonly secrets: readonly SecretSpec[];
}

/** A config together with its output. */
export function platformOf(
  config: ComparedConfig,
  { files, images: sources, secrets }: ComparedOutput,
  { images, ...facts }: PlatformFacts,
): Platform {
  const objects = files.flatMap((file) => file.objects);
  const external = externalTo(config, []);
  return {
    config,
    objects,
    secrets: [
      ...(config.secrets.mode === 'existing' ? secrets : []).map(({ namespace, name, keys }) => ({
        ...{ namespace, name, keys: Object.keys(keys).sort() },
        as: "secrets: { mode: 'existing' }",
      })),
      ...external.secrets.map((secret) => ({ ...secret, as: 'an external service of the config' })),
      ...pullSecretsOf(config, objects),
      ...tlsSecretsOf(objects),
    ],
    images: listImages(files, images, sources),
    externalNamespaces: external.namespaces,
    ...facts,
  };
}

/** In each namespace with pods: pods of operators pull with the Secrets of their ServiceAccount. */
function pullSecretsOf({ images }: ComparedConfig, objects: readonly KubernetesObject[]): ExpectedSecret[] {
  const namespaces = new Set(
    objects.flatMap((object) => (podTemplateOf(object) === undefined ? [] : [object.metadata.namespace ?? ''])),
  );
  return [...namespaces].sort().flatMap((namespace) =>
    // The only key of a kubernetes.io/dockerconfigjson Secret (k8s.io/api, core/v1/types.go).
    images.pullSecrets.map((name) => ({ namespace, name, keys: ['.dockerconfigjson'], as: 'images.pullSecrets' })),
  );
}

function tlsSecretsOf(objects: readonly KubernetesObject[]): ExpectedSecret[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind === 'Gateway') return gatewaySecrets(metadata, spec as GatewaySpec);
    if (kind !== 'Ingress') return [];
    // cert-manager creates the Secret where one of these annotations is set.
    const isMade = Object.keys(metadata.annotations ?? {}).some((name) => name.startsWith('cert-manager.io/'));
    if (isMade) return [];
    const { tls = [] } = spec as { readonly tls?: readonly { readonly secretName: string }[] };
    return tls.map(({ secretName: name }) => ({
      ...{ namespace: metadata.namespace ?? '', name, keys: ['tls.crt', 'tls.key'] },
      as: `the Ingress ${metadata.name}`,
    }));
  });
}

interface GatewaySpec {
  readonly servers: readonly { readonly tls?: { readonly mode?: string; readonly credentialName?: string } }[];
}

/** The certificates of Istio's gateway lie beside its pods, as the Gateway itself does. */
function gatewaySecrets({ name, namespace = '' }: KubernetesObject['metadata'], { servers }: GatewaySpec) {
  return servers.flatMap(({ tls }) =>
    tls?.credentialName === undefined
      ? []
      : [
          {
            ...{ namespace, name: tls.credentialName, as: `the Gateway ${name}` },
            keys: [...(tls.mode === 'MUTUAL' ? ['ca.crt'] : []), 'tls.crt', 'tls.key'],
          },
        ],
  );
}

/** Whether an object in the cluster belongs to this platform. */
export const isOurs = ({ config }: Platform, { metadata }: Pick<LiveObject, 'metadata'>): boolean =>
  metadata.labels?.[platformLabel] === config.name;

/** The namespaces that the platform creates. */
export const namespacesOf = ({ objects }: Platform): Set<string> =>
  new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));

/** Who created an object in the cluster, as far as its metadata tells. */
export function makerOf({ metadata }: LiveObject): string {
  const { labels = {}, annotations = {}, managedFields = [] } = metadata;
  const platform = labels[platformLabel];
  if (platform !== undefined) return `the platform ${platform}`;
  // helm v4.1.4, pkg/action/validate.go
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined) {
    return `Helm release ${annotations['meta.helm.sh/release-namespace'] ?? ''}/${release}`;
  }
  const managers = managedFields.filter(({ subresource }) => subresource !== 'status').map(({ manager }) => manager);
  return [...new Set(managers)].join(', ') || 'somebody else';
}
