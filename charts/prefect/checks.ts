import type { CheckFacts } from '../../lib/checks/declared';
import type { ImageSpelling } from '../../lib/images/spelling';
import { flowRunLabels, flowRunsTitle } from './flow-runs';

/** What the rules over the output must know of Prefect. */
export const checks: CheckFacts = {
  grantExceptions: [{ of: 'Role/prefect-worker', powers: ['pods'], reason: 'the Jobs of flow runs' }],
  // The pods of flow runs.
  laterPods: [flowRunLabels],
  unusedAddresses: [
    { object: 'ConfigMap/prefect-flows', usedBy: flowRunsTitle, reason: 'holds the template of their Jobs' },
    { object: 'Secret/prefect-storage', usedBy: flowRunsTitle, reason: 'is named in that template' },
  ],
};

/** How the template names an image: a pod has the placeholder, and the variable a default. */
export const imageSpellings: readonly ImageSpelling[] = [
  {
    placeholder: '{{ image }}',
    join: ({ image }) => (isVariable(image) && typeof image.default === 'string' ? image.default : undefined),
  },
];

const isVariable = (value: unknown): value is { readonly default?: unknown } =>
  typeof value === 'object' && value !== null;
