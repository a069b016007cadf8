import { z } from 'zod';
import { bucketUri, count, cpu, listOf, memory, rows, shortLabel, someText } from '../primitives';

/**
 * The longest name that fits everywhere. Seldon Core puts `seldon-app-svc-` before the name in the key of a label, and
 * keys have at most 63 characters (seldon-core 1.16.0, operator/controllers/seldondeployment_controller.go,
 * createContainerService); our detector is `drift-detector-<name>`. What else Seldon makes of it, such as the Deployment
 * `<name>-default-0-<name>`, it replaces by a hash where it is too long: names up to 26 characters stay readable.
 */
export const longestModelName = 63 - Math.max(...['seldon-app-svc-', 'drift-detector-'].map((prefix) => prefix.length));

/** Seldon's name for its own container in the pod of a model (seldon-core 1.16.0, seldondeployment_engine.go). */
const executorContainer = 'seldon-container-engine';

/** Compare predictions with the truth that feedback messages bring; the others compare requests with the reference. */
const conceptDetectors = ['adwin', 'ddm', 'eddm', 'kswin', 'page-hinkley'] as const;

const detector = z.enum(['mmd', 'ks', 'psi', 'chi2', ...conceptDetectors]);

export const watchesFeedback = (name: z.output<typeof detector>): boolean =>
  conceptDetectors.some((concept) => concept === name);

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
   * Name in MLflow's registry.
   * @default the model's name
   * @example 'creditcard'
   */
  registeredModel: someText('the name of a registered model', 'creditcard').optional(),
  /**
   * Version in MLflow's registry, or `latest`.
   * @default 'latest'
   * @example 3
   */
  version: z.union([z.literal('latest'), count(3, 1_000_000)]).default('latest'),
  /**
   * Rows that are compared with the reference at a time, from 20 to 100,000.
   * @default 500
   * @example 100
   */
  window: rows.default(500),
});

export const model = z.strictObject({
  /**
   * Name of the SeldonDeployment, of its topic and of its URL.
   * @example 'creditcard'
   */
  name: shortLabel(
    longestModelName,
    'creditcard',
    (name) => name !== executorContainer,
    `, not "${executorContainer}"`,
  ),
  /**
   * What the folder holds, and so what serves it.
   * @example 'mlflow'
   */
  server: z.enum(['mlflow', 'sklearn', 'xgboost', 'huggingface', 'triton']),
  /**
   * Folder of the model in the object store.
   * @example 's3://models/creditcard/1'
   */
  uri: bucketUri,
  /**
   * Seldon's own protocol, or the Open Inference Protocol.
   * @default 'v2'
   * @example 'v2'
   */
  protocol: z.enum(['v1', 'v2']).default('v2'),
  /**
   * Pods that serve it.
   * @default the size profile's
   * @example 2
   */
  replicas: count(2).optional(),
  /**
   * What each of them asks for.
   * @default the size profile's
   */
  resources: z
    .strictObject({
      /**
       * CPU that is reserved.
       * @default the size profile's
       * @example '500m'
       */
      cpu: cpu.optional(),
      /**
       * CPU that it may use at most.
       * @default the size profile's
       * @example '2'
       */
      cpuLimit: cpu.optional(),
      /**
       * Memory that is reserved.
       * @default the size profile's
       * @example '1Gi'
       */
      memory: memory.optional(),
      /**
       * Memory above which it is killed.
       * @default the size profile's
       * @example '4Gi'
       */
      memoryLimit: memory.optional(),
    })
    .default({}),
  /**
   * Watches the requests for drift.
   * @default no detector
   * @example { detectors: ['mmd'], window: 100 }
   */
  drift: drift.optional(),
});
