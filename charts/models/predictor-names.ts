/** The predictor that a model itself is: Kafka messages name it in their header `endpoint`. */
export const mainPredictor = 'default';
/** Takes a share of the traffic. */
export const canaryPredictor = 'canary';
/** Gets copies of all requests; nobody sees its answers. */
export const shadowPredictor = 'shadow';

/**
 * The last part of the name of every predictor's Deployment, in place of the names of its containers. With those, the
 * Deployment of a model with a long name is called after a hash; with this, the longest name of a model still fits into
 * 63 characters (seldon-core 1.16.0, seldondeployment_types.go, GetDeploymentName).
 */
export const componentName = 'pod';

/** A regular expression for the Deployments of all models, with the groups model and predictor. */
export const deploymentPattern = `(.+)-(${mainPredictor}|${canaryPredictor}|${shadowPredictor})-0-${componentName}`;
