import type { LabelledPods } from '../../lib/graph/connection';

/** On the pod of every flow run of the work pool. */
export const flowRunLabels = { 'app.kubernetes.io/component': 'flow-run' };

export const flowRunsTitle = 'flow runs';

/** The pods that the worker makes. */
export const flowRuns = (namespace: string): LabelledPods => ({
  title: flowRunsTitle,
  namespace,
  labels: flowRunLabels,
});
