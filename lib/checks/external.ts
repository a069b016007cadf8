/** What exists without the platform, because its config says so: nothing in the output can prove it. */
export interface External {
  readonly namespaces: ReadonlySet<string>;
  /** Namespaces of pods that use services of the platform; they may come later. */
  readonly clientNamespaces: ReadonlySet<string>;
  readonly secrets: readonly ExternalSecret[];
  /** Names of TLS Secrets, each beside the Ingress that uses it. */
  readonly tlsSecrets: ReadonlySet<string>;
  readonly storageClasses: ReadonlySet<string>;
  /** API groups whose custom resource definitions somebody else has installed. */
  readonly apiGroups: ReadonlySet<string>;
}

export interface ExternalSecret {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
}

/**
 * Reads off a config what its user brings along.
 *
 * @param apiGroups those whose definitions are among it
 */
export function externalTo(
  config: {
    readonly cluster: { readonly storageClass?: string };
    readonly networkPolicies?: false | { readonly clients: readonly { readonly namespace: string }[] };
  },
  apiGroups: readonly string[],
): External {
  const { networkPolicies = false, ...named } = config;
  const external = {
    namespaces: new Set<string>(),
    clientNamespaces: new Set(
      networkPolicies === false ? [] : networkPolicies.clients.map(({ namespace }) => namespace),
    ),
    secrets: [] as ExternalSecret[],
    tlsSecrets: new Set<string>(),
    storageClasses: new Set([config.cluster.storageClass].filter((name) => name !== undefined)),
    apiGroups: new Set(apiGroups),
  };
  visit(named, (key, value) => {
    if (key === 'namespace' && typeof value === 'string') external.namespaces.add(value);
    if (key === 'tlsSecret' && typeof value === 'string') external.tlsSecrets.add(value);
    if (key === 'secret' && isSecretReference(value)) {
      external.secrets.push({ namespace: value.namespace, name: value.name, keys: Object.values(value.keys) });
    }
    if (typeof value !== 'string') return;
    for (const [, namespace = ''] of value.matchAll(/\.([a-z0-9-]+)\.svc\b/g)) external.namespaces.add(namespace);
  });
  return external;
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
