import { z } from 'zod';
import type { LiveObject } from '../../lib/kubernetes/live-object';
import { nameOf } from '../../lib/kubernetes/object';
import { ready, readinessOf, unready, type Readiness } from '../../lib/kubernetes/readiness';

/**
 * Annotation of a predictor that changes with what makes Seldon replace its pods. Seldon copies it to the predictor's
 * Deployment (seldon-core 1.17.1, createDeploymentWithoutEngine).
 */
export const revisionAnnotation = 'mlops-infra/revision';

const predictorFields = z.object({
  annotations: z.record(z.string(), z.string()).optional(),
  replicas: z.number().optional(),
});
type Predictor = z.output<typeof predictorFields>;

/** What is read of a SeldonDeployment. */
const modelFields = z.object({
  spec: z.object({ predictors: z.array(predictorFields) }),
  status: z.object({ state: z.string().optional(), description: z.string().optional() }).optional(),
});

/**
 * Whether a model serves its current SeldonDeployment. The SeldonDeployment's state dates from Seldon's last
 * reconciliation and names no generation (seldon-core 1.17.1, seldondeployment_controller.go), so the Deployments
 * decide. Where none can be read, the state alone counts.
 */
export function modelReadiness(model: LiveObject, deployments: readonly LiveObject[]): Readiness {
  const general = readinessOf(model);
  if (general.state !== 'ready') return general;
  const { data } = modelFields.safeParse(model);
  if (data === undefined) return unready('is not what the definition of a SeldonDeployment says');
  const { state, description } = data.status ?? {};
  const details = description === undefined || description === '' ? '' : `: ${description}`;
  if (state === 'Failed') return { state: 'failing', why: `has failed${details}` };
  if (state === undefined) return unready('its operator has not seen it yet');
  const open = (deployments.length === 0 ? [] : data.spec.predictors)
    .map((predictor) => predictorReadiness(predictor, deployments))
    .find((readiness) => readiness.state !== 'ready');
  if (open !== undefined) return open;
  return state === 'Available' ? ready : unready(`is ${state.toLowerCase()}${details}`);
}

function predictorReadiness({ annotations, replicas }: Predictor, deployments: readonly LiveObject[]): Readiness {
  const revision = annotations?.[revisionAnnotation];
  const isOwn = ({ metadata, spec }: LiveObject): boolean =>
    // Without our annotation, nothing tells which revision a Deployment belongs to.
    revision === undefined ||
    (metadata.annotations?.[revisionAnnotation] === revision &&
      (replicas === undefined || (spec as { readonly replicas?: number }).replicas === replicas));
  const own = deployments.filter(isOwn).map((live) => ({ live, ...readinessOf(live) }));
  if (own.length === 0) return unready('its operator has not seen the change yet');
  const open = own.find(({ state }) => state !== 'ready');
  return open === undefined ? ready : { state: open.state, why: `${nameOf(open.live)}: ${open.why}` };
}
