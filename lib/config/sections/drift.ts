import { z } from 'zod';
import { listOf, modelVersion, registeredName, rows, someText } from '../primitives';

/** Compare predictions with the truth that feedback messages bring; the others compare requests with the reference. */
const conceptDetectors = ['adwin', 'ddm', 'eddm', 'kswin', 'page-hinkley'] as const;

const detector = z.enum(['mmd', 'ks', 'psi', 'chi2', ...conceptDetectors]);

export const watchesFeedback = (name: z.output<typeof detector>): boolean =>
  conceptDetectors.some((concept) => concept === name);

/** How a model is watched. */
export const drift = z.strictObject({
  /**
   * Data drift: mmd, ks, psi, chi2. Concept drift, from feedback messages: adwin, ddm, eddm, kswin, page-hinkley.
   * @default ['mmd']
   * @example ['mmd', 'ks']
   */
  detectors: listOf(detector, 'detector', 'mmd').default(['mmd']),
  /**
   * Artifact of the registered model that holds the reference rows.
   * @default 'artifacts/testing_dataset.csv'
   * @example 'artifacts/testing_dataset.csv'
   */
  reference: someText('the path of an artifact', 'artifacts/testing_dataset.csv').default(
    'artifacts/testing_dataset.csv',
  ),
  /**
   * Columns of it that are no features.
   * @default []
   * @example ['Class']
   */
  dropColumns: z.array(someText('the name of a column', 'Class')).default([]),
  /**
   * The version in the registry that the reference belongs to. Needed for a model from `uri` or `image`, and only there:
   * the detector of any other watches against what is served, the same name and the same version.
   * @default what is served
   * @example { name: 'creditcard', version: 3 }
   */
  registeredModel: z
    .strictObject({
      /**
       * Name in MLflow's registry.
       * @example 'creditcard'
       */
      name: registeredName,
      /**
       * Version in MLflow's registry: the one that you serve. With `latest` the detector follows the newest, from the
       * moment that it is registered: a drift of what is served ends then, served or not.
       * @example 3
       */
      version: z.union([z.literal('latest'), modelVersion]),
    })
    .optional(),
  /**
   * Rows that are compared with the reference at a time, from 20 to 100,000.
   * @default 500
   * @example 100
   */
  window: rows.default(500),
});
