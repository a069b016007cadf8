import type { PlatformConfig } from '../config/parse';

/** What exists without the platform, because its config says so: nothing in the output can prove it. */
export interface Foreign {
  readonly namespaces: ReadonlySet<string>;
  readonly secrets: readonly ForeignSecret[];
  /** Names of TLS Secrets, each beside the Ingress that uses it. */
  readonly tlsSecrets: ReadonlySet<string>;
  readonly storageClasses: ReadonlySet<string>;
  /** API groups whose custom resource definitions somebody else has installed. */
  readonly apiGroups: ReadonlySet<string>;
}

export interface ForeignSecret {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
}

const istioGroups = ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io'];

/** Reads off a config what its user brings along. */
export function foreignTo(config: PlatformConfig): Foreign {
  const { istio, prometheus } = config.services;
  const foreign = {
    namespaces: new Set<string>(),
    secrets: [] as ForeignSecret[],
    tlsSecrets: new Set<string>(),
    storageClasses: new Set([config.cluster.storageClass].filter((name) => name !== undefined)),
    apiGroups: new Set([
      ...(istio !== false && istio.external !== undefined ? istioGroups : []),
      ...(prometheus !== false && prometheus.external !== undefined ? ['monitoring.coreos.com'] : []),
    ]),
  };
  visit(config, (key, value) => {
    if (key === 'namespace' && typeof value === 'string') foreign.namespaces.add(value);
    if (key === 'tlsSecret' && typeof value === 'string') foreign.tlsSecrets.add(value);
    if (key === 'secret' && isSecretReference(value)) {
      foreign.secrets.push({ namespace: value.namespace, name: value.name, keys: Object.values(value.keys) });
    }
    if (typeof value !== 'string') return;
    for (const [, namespace = ''] of value.matchAll(/\.([a-z0-9-]+)\.svc\b/g)) foreign.namespaces.add(namespace);
  });
  return foreign;
}

interface SecretReference {
  readonly namespace: string;
  readonly name: string;
  readonly keys: Readonly<Record<string, string>>;
}

const isSecretReference = (value: unknown): value is SecretReference =>
  typeof value === 'object' && value !== null && 'namespace' in value && 'name' in value && 'keys' in value;

function visit(value: unknown, see: (key: string, value: unknown) => void, key = ''): void {
  see(key, value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) visit(item, see, name);
}
