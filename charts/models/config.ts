import { z } from 'zod';
import {
  bucketUri,
  containerImage,
  count,
  cpu,
  memory,
  modelVersion,
  percent,
  ratio,
  seconds,
  registeredName,
  shortLabel,
} from '../../lib/config/primitives';

/**
 * The longest name that fits everywhere. Seldon Core puts `seldon-app-svc-` before the name in the key of a label, and
 * keys have at most 63 characters (seldon-core 1.16.0, operator/controllers/seldondeployment_controller.go,
 * createContainerService); our detector is `drift-detector-<name>`. predictor-names.ts keeps the names of the
 * Deployments short enough.
 */
export const longestModelName = 63 - Math.max(...['seldon-app-svc-', 'drift-detector-'].map((prefix) => prefix.length));

/**
 * What a model of transformers can do: the pipelines whose inputs MLServer describes (MLServer 1.3.0,
 * runtimes/huggingface/mlserver_huggingface/metadata.py).
 */
const tasks = [
  'audio-classification',
  'automatic-speech-recognition',
  'conversational',
  'feature-extraction',
  'fill-mask',
  'image-classification',
  'image-segmentation',
  'object-detection',
  'question-answering',
  'summarization',
  'table-question-answering',
  'text-classification',
  'text-generation',
  'text2text-generation',
  'token-classification',
  'translation',
  'visual-question-answering',
  'zero-shot-classification',
  'zero-shot-image-classification',
] as const;

/** Seldon's name for its own container in the pod of a model (seldon-core 1.16.0, seldondeployment_engine.go). */
const executorContainer = 'seldon-container-engine';

/** What is served: exactly one of these, which rules.ts sees to. */
const source = {
  /**
   * Folder of the model in the object store. One of `uri`, `registeredModel` and `image` is needed.
   * @default not from a folder
   * @example 's3://models/creditcard/1'
   */
  uri: bucketUri.optional(),
  /**
   * A version in MLflow's registry. Its files are looked up when a pod starts; the detector watches against the same
   * version.
   * @default not from the registry
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
       * Version in MLflow's registry: a number, so that every pod serves the same and another one shows as a change.
       * @example 3
       */
      version: modelVersion,
    })
    .optional(),
  /**
   * A server of your own with the model inside, which speaks `protocol` on the port that the variable
   * PREDICTIVE_UNIT_HTTP_SERVICE_PORT names. Taken as it is written: a mirror of images does not apply to it.
   * @default no server of your own
   * @example 'registry.example.org/creditcard:1.4.0'
   */
  image: containerImage.optional(),
};

/** Keys of a model. */
export const modelKeys = {
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
   * What serves the files of `uri` or `registeredModel`.
   * @default the image itself
   * @example 'mlflow'
   */
  server: z.enum(['mlflow', 'sklearn', 'xgboost', 'huggingface', 'triton']).optional(),
  /**
   * What the `huggingface` server uses the model for: the name of a pipeline of transformers.
   * @default none; that server needs one
   * @example 'text-classification'
   */
  task: z.enum(tasks).optional(),
  ...source,
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
   * As many pods as their load asks for, in place of a fixed number. Needs a metrics server in the cluster.
   * @default a fixed number
   * @example { min: 1, max: 5, cpuPercent: 80 }
   */
  autoscaling: z
    .strictObject({
      /**
       * Pods that are always there.
       * @default 1
       * @example 2
       */
      min: count(2).default(1),
      /**
       * Pods that there are at most.
       * @example 5
       */
      max: count(5),
      /**
       * CPU in use that pods are added above, in percent of what they reserve.
       * @default 80
       * @example 80
       */
      cpuPercent: percent('a percentage of the CPU that is reserved', 1000, 80).default(80),
    })
    .optional(),
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
   * Another version that answers a part of the requests, in as many pods and with the same server, resources and URL.
   * @default none
   * @example { registeredModel: { name: 'creditcard', version: 4 }, traffic: 10 }
   */
  canary: z
    .strictObject({
      ...source,
      /**
       * Percent of the requests that it answers, from 1 to 99.
       * @example 10
       */
      traffic: percent('a percentage of the requests', 99, 10),
    })
    .meta({ examples: [{ uri: 's3://models/creditcard/2', traffic: 10 }] })
    .optional(),
  /**
   * Another version that gets a copy of the requests and whose answers nobody sees. Its requests are not streamed: they
   * would count twice.
   * @default none
   * @example { registeredModel: { name: 'creditcard', version: 4 } }
   */
  shadow: z
    .strictObject({
      ...source,
      /**
       * Percent of the requests that it gets, from 1 to 100.
       * @default 100
       * @example 25
       */
      traffic: percent('a percentage of the requests', 100, 25).default(100),
    })
    .meta({ examples: [{ uri: 's3://models/creditcard/2' }] })
    .optional(),
  /**
   * When an alert says that it serves badly.
   * @default an error rate of 0.05 and a latency of 1 s
   * @example { errorRate: 0.01, p95Seconds: 0.2 }
   */
  alerts: z
    .strictObject({
      /**
       * Share of its predictions that may fail.
       * @default 0.05
       * @example 0.01
       */
      errorRate: ratio(0.01).optional(),
      /**
       * Seconds within which 95 of 100 predictions must be answered, at most 10: what is slower is not told apart.
       * @default 1
       * @example 0.2
       */
      p95Seconds: seconds(0.2, 10).optional(),
    })
    .optional(),
};

/** A model that is accepted. */
export const exampleModel = { name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1' } as const;
