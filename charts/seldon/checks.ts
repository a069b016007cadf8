import type { CheckFacts } from '../../lib/checks/declared';
import type { ImageSpelling } from '../../lib/images/spelling';

/** What the rules over the output must know of Seldon. */
export const checks: CheckFacts = {
  // On the pods of every SeldonDeployment, also of those that are not in the config.
  laterPods: [{ 'app.kubernetes.io/managed-by': 'seldon-core' }],
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
