import { z } from 'zod';
import { declareService } from '../../lib/config/declaration';
import { deploymentName, duration, listOf, someText } from '../../lib/config/primitives';
import { modelKeyNeeds } from '../../lib/config/rules/needs';
import { valueAt } from '../../lib/config/path';
import { finding, type Rule } from '../../lib/config/rules/rule';

/** Starts a training when a model drifts. */
const retrain = z.strictObject({
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

export type RetrainConfig = z.output<typeof retrain>;

interface Config {
  readonly models: readonly { readonly drift?: object; readonly retrain?: RetrainConfig }[];
}

/** Nothing else tells that a model drifts. */
const retrainingNeedsDrift: Rule<Config> = ({ models }, { written }) =>
  models.flatMap(({ drift, retrain }, index) =>
    retrain !== undefined && drift === undefined
      ? [
          finding(
            ['models', index, 'retrain'],
            valueAt(written, ['models', index, 'retrain']),
            `has no effect without models[${index}].drift (add e.g. drift: { detectors: ["mmd"] }, or remove it)`,
            ['models', index, 'drift'],
          ),
        ]
      : [],
  );

export default declareService({
  name: 'retraining',
  config: {
    model: {
      /**
       * Trains it anew when it drifts, by a deployment in Prefect.
       * @default no training is started
       * @example { deployment: 'train-creditcard/production' }
       */
      retrain: retrain.optional(),
    },
  },
  rules: [retrainingNeedsDrift],
  needs: modelKeyNeeds('retrain', 'prefect', 'prometheus'),
});
