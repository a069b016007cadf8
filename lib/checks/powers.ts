/** A rule of a Role (rbac.authorization.k8s.io/v1). */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** What nobody may have without a reason. */
export type Power =
  /** Whatever a wildcard covers, now or later. */
  | 'wildcard'
  /** Pods, or what becomes pods: all that the namespace holds, and what its Pod Security level allows. */
  | 'pods'
  /** To see and change what others send to the API server. */
  | 'webhooks'
  /** A node: its disks, by a volume that leads to any folder, or itself. */
  | 'nodes'
  /** To become somebody else, or to get more rights. */
  | 'escalation'
  /** The Secrets of all namespaces, to read or to write them. */
  | 'secrets'
  | 'foreignNamespace'
  | 'foreignRole'
  | 'foreignSubject'
  | 'externalAddress'
  | 'externalWebhook'
  | 'accountToken';

const makers: Readonly<Record<string, readonly string[]>> = {
  '': ['pods', 'replicationcontrollers'],
  apps: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
  batch: ['jobs', 'cronjobs'],
};
const webhooks = [
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'apiservices',
];
const writing = ['create', 'update', 'patch'];
const reading = ['get', 'list', 'watch'];

/**
 * By which a program becomes another one, or makes itself stronger: group/resource → verbs (Kubernetes documentation,
 * "Role Based Access Control Good Practices").
 */
const escalating: Readonly<Record<string, readonly string[]>> = {
  '/pods/exec': ['create', 'get'],
  '/pods/attach': ['create', 'get'],
  '/pods/ephemeralcontainers': ['update', 'patch'],
  '/serviceaccounts/token': ['create'],
  '/nodes/proxy': ['get', 'create', 'update', 'patch', 'delete'],
  'certificates.k8s.io/certificatesigningrequests/approval': ['update', 'patch'],
};
const escalatingVerbs = ['escalate', 'bind', 'impersonate'];

/** The powers that a rule gives. @param isEverywhere whether it counts in all namespaces */
export function powersOf(rule: PolicyRule, isEverywhere: boolean): { readonly power: Power; readonly what: string }[] {
  const { apiGroups = [], resources = [], nonResourceURLs = [], verbs } = rule;
  const pairs = apiGroups.flatMap((group) => resources.map((resource) => ({ group, resource })));
  const found = (power: Power, wanted: readonly string[], isMeant: (group: string, resource: string) => boolean) =>
    pairs
      .filter(({ group, resource }) => isMeant(group, resource))
      .flatMap(({ group, resource }) => {
        const given = verbs.filter((verb) => wanted.includes(verb));
        return given.length === 0 ? [] : [{ power, what: `${given.join(', ')} ${name(group, resource)}` }];
      });
  const wildcards = [...apiGroups, ...resources, ...nonResourceURLs, ...verbs].filter((text) => text.includes('*'));
  const all = [...resources, ...nonResourceURLs].join(', ');
  return [
    ...(wildcards.length === 0
      ? []
      : [{ power: 'wildcard' as const, what: `${verbs.join(', ')} ${all} of ${apiGroups.join(', ')} by a wildcard` }]),
    ...found('pods', writing, (group, resource) => makers[group]?.includes(resource) ?? false),
    ...found('webhooks', writing, (_, resource) => webhooks.includes(resource)),
    ...found('nodes', writing, (group, resource) => group === '' && ['nodes', 'persistentvolumes'].includes(resource)),
    ...found('escalation', escalatingVerbs, () => true),
    ...pairs.flatMap(({ group, resource }) =>
      verbs
        .filter((verb) => escalating[`${group}/${resource}`]?.includes(verb))
        .map((verb) => ({ power: 'escalation' as const, what: `${verb} ${name(group, resource)}` })),
    ),
    ...(isEverywhere
      ? found('secrets', [...reading, ...writing], (group, resource) => group === '' && resource === 'secrets')
      : []),
  ];
}

const name = (group: string, resource: string): string => (group === '' ? resource : `${resource}.${group}`);
