import { accepts, finds } from './faults';
import type { Draft, Loose } from './small-output';

const group = 'rbac.authorization.k8s.io';
const rest = 'leave it out, or except it with a reason';

/** A role with one rule, which nobody has. */
const role = (draft: Draft, kind: string, rule: Loose): void => {
  const name = kind === 'Role' ? 'mlops-web/strong' : 'strong';
  draft.add(40, `${group}/v1 ${kind} ${name}`, { rules: [{ apiGroups: [''], ...rule }] });
};

const binding = (draft: Draft, subject: Loose, roleRef: Loose = {}): void => {
  draft.add(40, `${group}/v1 ClusterRole weak`, {
    rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }],
  });
  draft.add(40, `${group}/v1 ClusterRoleBinding weak`, {
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'weak', ...roleRef },
    subjects: [subject],
  });
};

const web = { kind: 'ServiceAccount', namespace: 'mlops-web', name: 'web' };
const group$ = (name: string): Loose => ({ kind: 'Group', apiGroup: group, name });

const webhook = (draft: Draft, clientConfig: Loose): void => {
  draft.add(40, 'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration hook', {
    webhooks: [{ name: 'hook.example.org', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig }],
  });
};

finds('grants', [
  [
    'a wildcard',
    (draft) => role(draft, 'ClusterRole', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }),
    `ClusterRole/strong: allows * * of * by a wildcard (${rest})`,
  ],
  [
    'the right to make pods, or what becomes pods',
    (draft) => {
      role(draft, 'Role', { apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['get', 'create'] });
      role(draft, 'ClusterRole', { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['patch'] });
    },
    `Role/mlops-web/strong: allows create pods (${rest})`,
    `Role/mlops-web/strong: allows create deployments.apps (${rest})`,
    `ClusterRole/strong: allows patch cronjobs.batch (${rest})`,
  ],
  [
    'the right to write webhooks',
    (draft) =>
      role(draft, 'ClusterRole', {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingwebhookconfigurations'],
        verbs: ['list', 'update'],
      }),
    `ClusterRole/strong: allows update mutatingwebhookconfigurations.admissionregistration.k8s.io (${rest})`,
  ],
  [
    'rights by which a program becomes stronger, or another one',
    (draft) => {
      role(draft, 'ClusterRole', { apiGroups: [group], resources: ['roles'], verbs: ['bind', 'escalate'] });
      role(draft, 'Role', { resources: ['users', 'pods/exec'], verbs: ['impersonate', 'create'] });
    },
    `ClusterRole/strong: allows bind, escalate roles.${group} (${rest})`,
    `Role/mlops-web/strong: allows impersonate users (${rest})`,
    `Role/mlops-web/strong: allows impersonate pods/exec (${rest})`,
    `Role/mlops-web/strong: allows create pods/exec (${rest})`,
  ],
  [
    'the Secrets of all namespaces',
    (draft) => role(draft, 'ClusterRole', { resources: ['secrets'], verbs: ['list'] }),
    `ClusterRole/strong: allows list secrets (${rest})`,
  ],
  [
    'everybody, and accounts of others, as the subject of a binding',
    (draft) => {
      binding(draft, group$('system:unauthenticated'));
      draft.add(40, `${group}/v1 ClusterRoleBinding other`, {
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'weak' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'kube-system', name: 'default' }],
      });
    },
    `ClusterRoleBinding/weak: grants to Group system:unauthenticated, which is not of the platform (${rest})`,
    `ClusterRoleBinding/other: grants to ServiceAccount kube-system/default, which is not of the platform (${rest})`,
  ],
  [
    'a role of the cluster',
    (draft) => binding(draft, web, { name: 'cluster-admin' }),
    `ClusterRoleBinding/weak: grants ClusterRole cluster-admin, which is not of the platform (${rest})`,
  ],
  [
    'an object in a namespace of the cluster',
    (draft) => draft.add(40, 'v1 ConfigMap kube-system/ours'),
    `ConfigMap/kube-system/ours: is in kube-system, which the platform does not own (${rest})`,
  ],
  [
    'a Service that takes an address',
    (draft) => (draft.find('Service', 'web').spec.externalIPs = ['8.8.8.8']),
    `Service/mlops-web/web: takes what any pod sends to 8.8.8.8 (externalIPs) (${rest})`,
  ],
  [
    'a token that never ends, in an object or a Secret to be made',
    (draft) => {
      const type = 'kubernetes.io/service-account-token';
      draft.add(40, 'v1 Secret mlops-web/token', { type });
      draft.secrets.push({ namespace: 'mlops-web', name: 'made', type, keys: {} });
    },
    `Secret/mlops-web/token: is filled with a token of a ServiceAccount that never ends (${rest})`,
    `Secret/mlops-web/made: is filled with a token of a ServiceAccount that never ends (${rest})`,
  ],
  [
    'a webhook outside the cluster',
    (draft) => webhook(draft, { url: 'https://example.org/hook' }),
    `MutatingWebhookConfiguration/hook: sends objects to https://example.org/hook (webhook hook.example.org) (${rest})`,
  ],
  [
    'the same in an original chart',
    (draft) => {
      role(draft, 'Role', { resources: ['pods'], verbs: ['create'] });
      draft.find('Role', 'strong').metadata.labels['mlops-infra/chart'] = 'web-1.2.3';
    },
    `Role/mlops-web/strong: allows create pods (${rest})`,
  ],
]);

accepts('grants', [
  ['Secrets of one namespace', (draft) => role(draft, 'Role', { resources: ['secrets'], verbs: ['get', 'list'] })],
  ['reading what becomes pods', (draft) => role(draft, 'ClusterRole', { resources: ['pods'], verbs: ['list'] })],
  ['an account of the platform', (draft) => binding(draft, web)],
  [
    'an object in a namespace that the config names',
    (draft) => {
      draft.external.namespaces.add('store');
      draft.add(40, 'v1 ConfigMap store/ours');
    },
  ],
]);

const makesPods = (chart?: string) => (draft: Draft) => {
  role(draft, 'Role', { resources: ['pods'], verbs: ['create'] });
  const { labels } = draft.find('Role', 'strong').metadata;
  if (chart !== undefined) labels['mlops-infra/chart'] = chart;
};
const reason = 'it is its work';

accepts(
  'exceptions for grants',
  [
    ['what an object is named for', makesPods()],
    ['all of an original chart', makesPods('web-1.2.3')],
  ],
  [
    {
      checks: {
        grantExceptions: [
          { of: 'Role/str*', powers: ['pods'], reason },
          { chart: 'web', powers: ['pods'], reason },
        ],
      },
    },
  ],
);

finds(
  'exceptions for grants',
  [
    [
      'more than the exception for an object, and what one for an original chart would allow',
      makesPods(),
      `Role/mlops-web/strong: allows create pods (${rest})`,
    ],
    ['what another chart may', makesPods('webserver-1.2.3'), `Role/mlops-web/strong: allows create pods (${rest})`],
  ],
  [
    {
      checks: {
        grantExceptions: [
          { of: 'Role/strong', powers: ['secrets'], reason },
          { chart: 'web', powers: ['pods'], reason },
        ],
      },
    },
  ],
);
