import { z } from 'zod';
import { valueAt } from '../../lib/config/path';
import { unseen } from '../../lib/config/characters';
import { alertName, duration, listOf, text } from '../../lib/config/primitives';
import { finding, type Rule } from '../../lib/config/rule';
import { modelKeyNeeds } from '../../lib/config/rules/needs';
import { declareService } from '../../lib/service/declaration';

/**
 * `flow/deployment`. Prefect forbids the same characters in both parts (prefect 3.9.1,
 * types/names.py).
 */
const deploymentName = text(
  'a deployment as flow/deployment, without "%", "&", "<" and ">"',
  new RegExp(String.raw`^[^/%&<>${unseen}]+\/[^/%&<>${unseen}]+$`, 'u'),
  'train-creditcard/production',
);

/** Retraining of a model that drifts. */
const retrain = z.strictObject({
  /**
   * Deployment in Prefect that retrains the model, as `flow/deployment`.
   * @example 'train-creditcard/production'
   */
  deployment: deploymentName,
  /**
   * Alerts that start a training, if their label `model` names the model.
   * @default ['DriftDetected']
   * @example ['DriftDetected']
   */
  alerts: listOf(alertName('DriftDetected'), 'alert', 'DriftDetected').default(['DriftDetected']),
  /**
   * Shortest time between the starts of two trainings.
   * @default '1d'
   * @example '12h'
   */
  atMostEvery: duration('1d').default('1d'),
});

export type RetrainConfig = z.output<typeof retrain>;

interface Config {
  readonly models: readonly { readonly drift?: object; readonly retrain?: RetrainConfig }[];
}

/** Only a detector reports that a model drifts. */
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
       * Retrains the model by a Prefect deployment when it drifts.
       * @default the model is not retrained
       * @example { deployment: 'train-creditcard/production' }
       */
      retrain: retrain.optional(),
    },
  },
  rules: [retrainingNeedsDrift],
  needs: modelKeyNeeds('retrain', 'prefect', 'prometheus'),
});
