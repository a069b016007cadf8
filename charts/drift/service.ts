import { z } from 'zod';
import { listOf, relativePath, someText, wholeNumber } from '../../lib/config/primitives';
import { modelKeyNeeds } from '../../lib/config/rules/needs';
import { installable } from '../../lib/config/sections/installable';
import { built, facts } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { modelVersion, registeredName } from '../models/served';
import { detector } from './detectors';
import { columnsOnce, feedbackProtocol, watchedVersion } from './rules';

/** Drift detection of a model. */
const drift = z.strictObject({
  /**
   * Data drift: mmd, ks, psi, chi2. Concept drift, from feedback messages: adwin, ddm, eddm, kswin, page-hinkley.
   * @default ['mmd']
   * @example ['mmd', 'ks']
   */
  detectors: listOf(detector, 'detector', 'mmd').default(['mmd']),
  /**
   * Path of the artifact, in the registered model, with the reference rows.
   * @default 'artifacts/testing_dataset.csv'
   * @example 'artifacts/testing_dataset.csv'
   */
  reference: relativePath('the path of an artifact', 'artifacts/testing_dataset.csv').default(
    'artifacts/testing_dataset.csv',
  ),
  /**
   * Columns of the reference that are not features.
   * @default []
   * @example ['Class']
   */
  dropColumns: z.array(someText('the name of a column', 'Class')).default([]),
  /**
   * The registered version that the reference belongs to. Required for a model from `uri` or `image`, and allowed only
   * there: for any other model it is the version that is served.
   * @default the version that is served
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
       * Version in MLflow's registry: the one that you serve. With `latest`, the detector switches to a new version as
       * soon as it is registered, served or not, and a drift of the served version ends.
       * @example 3
       */
      version: z.union([z.literal('latest'), modelVersion]),
    })
    .optional(),
  /**
   * Number of rows in one comparison with the reference, from 20 to 100,000.
   * @default 500
   * @example 100
   */
  window: wholeNumber('a number of rows', 20, 100_000, 500).default(500),
});

export default declareService({
  name: 'drift',
  config: {
    services: {
      /**
       * Drift detectors, one for each model with `drift`. `false` leaves them out.
       * @default installed
       */
      drift: installable({}),
    },
    model: {
      /**
       * Compares the model's requests with its training data.
       * @default no detector
       * @example { detectors: ['mmd'], window: 100 }
       */
      drift: drift.optional(),
    },
  },
  rules: [watchedVersion, feedbackProtocol, columnsOnce],
  needs: modelKeyNeeds('drift', 'drift', 'kafka', 'mlflow', 'minio'),
  // Installed only together with what it needs.
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
