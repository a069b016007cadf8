import type { CheckFacts } from '../../lib/checks/declared';

/** What the rules over the output must know of Kafka. Every broker and client may know the identity of its cluster. */
export const checks: CheckFacts = {
  // The original chart keeps it in a Secret.
  harmlessKeys: [
    {
      key: 'kraft-cluster-id',
      problem: (content) =>
        /[^\w-]/.test(content) ? 'is more than the identity of a cluster (write that alone)' : undefined,
    },
  ],
  publicVariables: ['CLUSTER_ID'],
  urlSchemes: ['kafka'],
};
