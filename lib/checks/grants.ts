import { chartLabel } from '../kubernetes/labels';
import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { isMadeInCluster } from './cluster';
import type { Rule } from './rule';
import type { OutputIndex } from './output-index';
import { powersOf, type PolicyRule, type Power } from './powers';

interface Found {
  readonly power: Power;
  readonly problem: string;
}

/**
 * Nobody gets a power over the cluster, or over what others have in it, but by an exception with a reason: neither by a
 * role, nor by an object that does the same. Original charts are no exception.
 */
export const grantViolations: Rule = (index) => [
  ...index.objects.flatMap((object) => {
    const allowed = allowedTo(index, object);
    return powersIn(index, object)
      .filter(({ power }) => !allowed.has(power))
      .map(({ problem }) => `${nameOf(object)}: ${problem} (${remedy})`);
  }),
  ...index.output.secrets
    .filter(({ type }) => type === accountToken)
    .map(({ namespace, name }) => `Secret/${namespace}/${name}: ${tokenProblem} (${remedy})`),
];

const remedy = 'leave it out, or except it with a reason';

/** What the exceptions let an object do. */
function allowedTo({ output }: OutputIndex, { kind, metadata }: KubernetesObject): ReadonlySet<Power> {
  const chart = metadata.labels?.[chartLabel]?.replace(/-\d.*$/, '');
  const isMeant = (of: string): boolean =>
    of.endsWith('*') ? `${kind}/${metadata.name}`.startsWith(of.slice(0, -1)) : of === `${kind}/${metadata.name}`;
  const meant = output.declared.checks.grantExceptions.filter((exception) =>
    exception.chart === undefined ? isMeant(exception.of ?? '') : exception.chart === chart,
  );
  return new Set(meant.flatMap(({ powers }) => powers));
}

function powersIn(index: OutputIndex, object: KubernetesObject): Found[] {
  const { namespace } = object.metadata;
  return [
    ...(namespace !== undefined && index.isExternal(namespace) && !index.output.external.namespaces.has(namespace)
      ? [{ power: 'foreignNamespace' as const, problem: `is in ${namespace}, which the platform does not own` }]
      : []),
    ...(byKind[object.kind]?.(object, index) ?? []),
  ];
}

const byKind: Readonly<Record<string, (object: KubernetesObject, index: OutputIndex) => Found[]>> = {
  Role: roleGrants,
  ClusterRole: roleGrants,
  RoleBinding: bindingGrants,
  ClusterRoleBinding: bindingGrants,
  Service: ({ spec }) => {
    const { externalIPs = [] } = (spec ?? {}) as { externalIPs?: readonly string[] };
    return externalIPs.map((address) => ({
      power: 'externalAddress',
      problem: `takes what any pod sends to ${address} (externalIPs)`,
    }));
  },
  Secret: ({ type }) => (type === accountToken ? [{ power: 'accountToken', problem: tokenProblem }] : []),
  ValidatingWebhookConfiguration: webhookGrants,
  MutatingWebhookConfiguration: webhookGrants,
};

const accountToken = 'kubernetes.io/service-account-token';
const tokenProblem = 'is filled with a token of a ServiceAccount that never ends';

/** Of a Role in a namespace, reading Secrets there is no power: its programs may need them. */
function roleGrants({ kind, rules = [] }: KubernetesObject): Found[] {
  const found =
    (rules as readonly PolicyRule[] | null)?.flatMap((rule) => powersOf(rule, kind === 'ClusterRole')) ?? [];
  return found.map(({ power, what }) => ({ power, problem: `allows ${what}` }));
}

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

function bindingGrants(object: KubernetesObject, index: OutputIndex): Found[] {
  const { roleRef, subjects = [] } = object as unknown as Binding;
  const { kind: roleKind, name: roleName } = roleRef;
  return [
    ...(isMadeInCluster(roleKind, roleName)
      ? [{ power: 'foreignRole' as const, problem: `grants ${roleKind} ${roleName}, which is not of the platform` }]
      : []),
    ...subjects
      .filter(({ kind, namespace = '' }) => kind !== 'ServiceAccount' || index.isExternal(namespace))
      .map(({ kind, namespace, name }) => ({
        power: 'foreignSubject' as const,
        problem: `grants to ${kind} ${kind === 'ServiceAccount' ? `${namespace ?? ''}/` : ''}${name}, which is not of the platform`,
      })),
  ];
}

function webhookGrants({ webhooks = [] }: KubernetesObject): Found[] {
  return (webhooks as readonly { name: string; clientConfig: { url?: string } }[]).flatMap(({ name, clientConfig }) =>
    clientConfig.url === undefined
      ? []
      : [{ power: 'externalWebhook', problem: `sends objects to ${clientConfig.url} (webhook ${name})` }],
  );
}
