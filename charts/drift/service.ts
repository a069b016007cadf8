import { z } from 'zod';
import { declareService } from '../../lib/config/declaration';
import { listOf, modelVersion, registeredName, rows, someText } from '../../lib/config/primitives';
import { modelKeyNeeds } from '../../lib/config/rules/needs';
import { installable } from '../../lib/config/sections/installable';
import { built, facts } from '../../lib/images/declared';
import { detector } from './detectors';
import { columnsOnce, feedbackProtocol, watchedVersion } from './rules';

/** How a model is watched. */
const drift = z.strictObject({
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

export type DriftConfig = z.output<typeof drift>;

export default declareService({
  name: 'drift',
  config: {
    services: {
      /**
       * Detectors of drift, one for each model that asks for one. `false` leaves them out.
       * @default installed
       */
      drift: installable({}),
    },
    model: {
      /**
       * Watches the requests for drift.
       * @default no detector
       * @example { detectors: ['mmd'], window: 100 }
       */
      drift: drift.optional(),
    },
  },
  rules: [watchedVersion, feedbackProtocol, columnsOnce],
  needs: modelKeyNeeds('drift', 'drift', 'kafka', 'mlflow', 'minio'),
  // Only together with what it needs.
  installs: () => false,
  sizes: {
    driftDetector: {
      laptop: [1, '50m', '1', '256Mi', '512Mi'],
      team: [1, '100m', '1', '384Mi', '768Mi'],
      production: [1, '250m', '2', '512Mi', '1Gi'],
      single: 'a detector keeps the window of its model in memory',
    },
  },
  images: {
    /** Ours. */
    driftDetector: built('mlops-infra/drift-detector', '0.1.0', facts('MIT', 'unknown'), {
      folder: 'programs/drift',
      context: '.',
    }),
  },
});
