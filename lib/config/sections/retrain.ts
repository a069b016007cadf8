import { z } from 'zod';
import { deploymentName, duration, listOf, someText } from '../primitives';

/** Starts a training when a model drifts. */
export const retrain = z.strictObject({
  /**
   * Deployment in Prefect that trains the model, as `flow/deployment`.
   * @example 'train-creditcard/production'
   */
  deployment: deploymentName,
  /**
   * Alerts that start it, if their label `model` names the model.
   * @default ['DriftDetected']
   * @example ['DriftDetected']
   */
  alerts: listOf(someText('the name of an alert', 'DriftDetected'), 'alert', 'DriftDetected').default([
    'DriftDetected',
  ]),
  /**
   * Least time from one training to the next.
   * @default '1d'
   * @example '12h'
   */
  atMostEvery: duration('1d').default('1d'),
});
