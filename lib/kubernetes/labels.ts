/** Label on every object: the platform that it belongs to. By it alone `kubectl get` finds all of a platform. */
export const platformLabel = 'mlops-infra/platform';

/** Label on every object of an original Helm chart: which one, and in which version. */
export const chartLabel = 'mlops-infra/chart';

/**
 * Annotation of a custom resource, which its operator copies: a digest that shows whether the operator has seen a change.
 * Seldon copies a predictor's annotations to its Deployment (seldon-core 1.16.0, createDeploymentWithoutEngine).
 */
export const revisionAnnotation = 'mlops-infra/revision';
