import { k8s } from 'cdk8s-plus-27';
import type { App } from 'cdk8s';
import type { Construct } from 'constructs';
import { sourcesOf } from '../../programs/credentials/values';
import { Credential } from '../../lib/graph/credential';
import { asUser } from '../../lib/kubernetes/pods';
import type { SecretSpec } from '../../lib/graph/secret-spec';
import { addFiles, addProgramJob } from '../../lib/graph/program-job';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext, PlatformContext } from '../context';
import type { Programs } from '../programs';
import { ExternalSecrets } from './external-secrets';

export interface CredentialsProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  /** The credentials program, bundled into one file for Node.js. */
  readonly program: string;
}

const name = 'credentials';

/** Their rules fill less than half of a ConfigMap. */
const keysPerList = 300;

/** Adds what makes the Secrets, unless the user does. */
export function addCredentials({ app, config, cluster, namespaces }: PlatformContext, programs: Programs): void {
  const { secrets } = config;
  if (secrets.mode === 'existing') return;
  if (secrets.mode === 'externalSecrets') {
    new ExternalSecrets(app, 'credentials', secrets);
    return;
  }
  const namespace = namespaces.get('credentials');
  new Credentials(app, 'credentials', { cluster, namespace, program: programs.credentials });
}

/** The Job that creates every missing Secret of the platform and never changes an existing one. */
export class Credentials extends ServiceChart {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CredentialsProps,
  ) {
    super(scope, id, { wave: Wave.Credentials, namespace: props.namespace });
  }

  override complete(app: App): void {
    const { cluster, namespace, program } = this.props;
    const labels = { 'app.kubernetes.io/managed-by': 'mlops-infra', 'app.kubernetes.io/part-of': cluster.platform };
    const secrets = Credential.allIn(app).map(({ spec: { byHand: _, ...spec } }) => ({ ...spec, labels }));
    if (secrets.length === 0) return;

    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name } });
    this.grantAccess(namespace, secrets);

    const lists = Object.fromEntries(
      listsOf(secrets).map((some, index) => [`secrets-${index}.json`, `${JSON.stringify(some, null, 2)}\n`]),
    );
    const files = addFiles(this, name, { 'credentials.mjs': program, ...lists });
    addProgramJob(this, name, {
      serviceAccountName: name,
      securityContext: asUser(1000),
      containers: [
        {
          name,
          image: cluster.images.reference('node'),
          command: ['node', '/job/credentials.mjs', ...Object.keys(lists).map((list) => `/job/${list}`)],
          resources: {
            requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('64Mi') },
            limits: { cpu: k8s.Quantity.fromString('500m'), memory: k8s.Quantity.fromString('128Mi') },
          },
          volumeMounts: [{ name: files.name, mountPath: '/job', readOnly: true }],
        },
      ],
      volumes: [files],
    });
  }

  /**
   * Limits `get` and `patch` to the listed Secrets by name. `create` cannot be limited by name: the API server does not
   * know the name yet when it authorizes the request.
   */
  private grantAccess(namespace: string, secrets: readonly SecretSpec[]): void {
    const own = groupByNamespace(secrets);
    const read = groupByNamespace(secrets.flatMap(({ keys }) => Object.values(keys).flatMap(sourcesOf)));
    for (const target of [...new Set([...own.keys(), ...read.keys()])].sort()) {
      const written = own.get(target) ?? [];
      const onlyRead = (read.get(target) ?? []).filter((secret) => !written.includes(secret));
      const rule = (verbs: string[], resourceNames?: string[]): k8s.PolicyRule => ({
        apiGroups: [''],
        resources: ['secrets'],
        verbs,
        resourceNames,
      });
      new k8s.KubeRole(this, `role-${target}`, {
        metadata: { name, namespace: target },
        rules: [
          ...(written.length > 0 ? [rule(['create']), rule(['get', 'patch'], written)] : []),
          ...(onlyRead.length > 0 ? [rule(['get'], onlyRead)] : []),
        ],
      });
      new k8s.KubeRoleBinding(this, `role-binding-${target}`, {
        metadata: { name, namespace: target },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      });
    }
  }
}

/** The Secrets in lists. One with more keys than a list may have goes on in the next, where the program joins it. */
function listsOf(secrets: readonly SecretSpec[]): SecretSpec[][] {
  const lists: SecretSpec[][] = [];
  let room = 0;
  for (const { keys, ...spec } of secrets) {
    const entries = Object.entries(keys);
    for (let start = 0; start < entries.length; start += keysPerList) {
      const some = entries.slice(start, start + keysPerList);
      if (some.length > room) {
        lists.push([]);
        room = keysPerList;
      }
      lists.at(-1)?.push({ ...spec, keys: Object.fromEntries(some) });
      room -= some.length;
    }
  }
  return lists;
}

function groupByNamespace(
  secrets: readonly { readonly namespace: string; readonly name: string }[],
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { namespace, name: secret } of secrets) {
    const group = groups.get(namespace) ?? [];
    if (!group.includes(secret)) groups.set(namespace, [...group, secret].sort());
  }
  return groups;
}
