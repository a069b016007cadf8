import type { CheckFacts } from '../../lib/checks/declared';
import type { ImageSpelling } from '../../lib/images/spelling';

/** What the rules over the output must know of Seldon. */
export const checks: CheckFacts = {
  // On the pods of every SeldonDeployment, also of those that are not in the config.
  laterPods: [{ 'app.kubernetes.io/managed-by': 'seldon-core' }],
  grantExceptions: [
    {
      of: 'ClusterRole/seldon-webhook-role-*',
      powers: ['webhooks'],
      reason: 'the operator fills in its webhook, whose certificate it makes when it starts',
    },
    { of: 'Role/seldon-manager-role', powers: ['pods'], reason: 'the models' },
    {
      chart: 'seldon-core-operator',
      powers: ['pods', 'secrets', 'webhooks'],
      reason: 'serves models in every namespace, with the keys of their ServiceAccounts, and makes its webhook',
    },
  ],
  // Where the executor would log to if a model had a logger and no Kafka (seldon-core 1.17.1).
  shortHosts: ['default-broker'],
};

/** The operator keeps image and version of a model server apart (seldon-core 1.17.1, predictor_servers). */
export const imageSpellings: readonly ImageSpelling[] = [
  {
    join: ({ image, defaultImageVersion: version }) =>
      typeof image === 'string' && typeof version === 'string' ? `${image}:${version}` : undefined,
  },
];
