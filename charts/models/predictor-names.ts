/** Predictor of the model itself. Kafka messages name it in their header `endpoint`. */
export const mainPredictor = 'default';
/** Predictor that receives a share of the traffic. */
export const canaryPredictor = 'canary';
/** Predictor that receives copies of all requests; its answers are discarded. */
export const shadowPredictor = 'shadow';

/**
 * Last part of the name of every predictor's Deployment, instead of the names of its containers. With those, Seldon
 * would replace the Deployment name of a long model name with a hash; with this, the longest one fits into 63
 * characters (seldon-core 1.17.1, seldondeployment_types.go, GetDeploymentName).
 */
export const componentName = 'pod';

/** A regular expression for the Deployments of all models, with the groups model and predictor. */
export const deploymentPattern = `(.+)-(${mainPredictor}|${canaryPredictor}|${shadowPredictor})-0-${componentName}`;
