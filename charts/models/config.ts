import { z } from 'zod';
import { unseen } from '../../lib/config/characters';
import { count, cpu, listOf, memory, percent, ratio, seconds, shortLabel, text } from '../../lib/config/primitives';
import { servedKeys } from './served';

/**
 * The longest model name that fits everywhere. Seldon Core prefixes it with `seldon-app-svc-` in the key of a label,
 * and keys have at most 63 characters (seldon-core 1.17.1, operator/controllers/seldondeployment_controller.go,
 * createContainerService); our detector is `drift-detector-<name>`. predictor-names.ts keeps the names of the
 * Deployments short enough.
 */
export const longestModelName = 63 - Math.max(...['seldon-app-svc-', 'drift-detector-'].map((prefix) => prefix.length));

/**
 * Tasks of a transformers model: the pipelines whose inputs MLServer describes (MLServer 1.7.1,
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

/** Name of Seldon's own container in a model's pod (seldon-core 1.17.1, seldondeployment_engine.go). */
const executorContainer = 'seldon-container-engine';

/** The keys of a model. */
export const modelKeys = {
  /**
   * Name of the SeldonDeployment, its topic and its URL.
   * @example 'creditcard'
   */
  name: shortLabel(
    longestModelName,
    'creditcard',
    (name) => name !== executorContainer,
    `, not "${executorContainer}"`,
  ),
  /**
   * Server for the files of `uri` or `registeredModel`.
   * @default the image itself
   * @example 'mlflow'
   */
  server: z.enum(['mlflow', 'sklearn', 'xgboost', 'huggingface', 'triton']).optional(),
  /**
   * Task of a model on the `huggingface` server: the name of a transformers pipeline.
   * @default none; required by that server
   * @example 'text-classification'
   */
  task: z.enum(tasks).optional(),
  ...servedKeys,
  /**
   * Protocol of requests: `v1` is Seldon's own, `v2` the Open Inference Protocol.
   * @default 'v2'
   * @example 'v2'
   */
  protocol: z.enum(['v1', 'v2']).default('v2'),
  /**
   * Number of pods.
   * @default the size profile's
   * @example 2
   */
  replicas: count(2).optional(),
  /**
   * Scales the number of pods with their CPU load, instead of a fixed number. Requires a metrics server in the cluster.
   * @default a fixed number
   * @example { min: 1, max: 5, cpuPercent: 80 }
   */
  autoscaling: z
    .strictObject({
      /**
       * Lowest number of pods.
       * @default 1
       * @example 2
       */
      min: count(2).default(1),
      /**
       * Highest number of pods.
       * @example 5
       */
      max: count(5),
      /**
       * CPU use above which pods are added, in percent of the CPU request.
       * @default 80
       * @example 80
       */
      cpuPercent: percent('a percentage of the CPU that is reserved', 1000, 80).default(80),
    })
    .optional(),
  /**
   * Requests and limits of each pod.
   * @default the size profile's
   */
  resources: z
    .strictObject({
      /**
       * CPU request.
       * @default the size profile's
       * @example '500m'
       */
      cpu: cpu.optional(),
      /**
       * CPU limit.
       * @default the size profile's
       * @example '2'
       */
      cpuLimit: cpu.optional(),
      /**
       * Memory request.
       * @default the size profile's
       * @example '1Gi'
       */
      memory: memory.optional(),
      /**
       * Memory limit. A pod that exceeds it is killed.
       * @default the size profile's
       * @example '4Gi'
       */
      memoryLimit: memory.optional(),
    })
    .default({}),
  /**
   * Another version that answers a share of the requests, with the same number of pods, server, resources and URL.
   * @default none
   * @example { registeredModel: { name: 'creditcard', version: 4 }, traffic: 10 }
   */
  canary: z
    .strictObject({
      ...servedKeys,
      /**
       * Percentage of the requests that it answers, from 1 to 99.
       * @example 10
       */
      traffic: percent('a percentage of the requests', 99, 10),
    })
    .meta({ examples: [{ uri: 's3://models/creditcard/2', traffic: 10 }] })
    .optional(),
  /**
   * Another version that receives copies of the requests. Its answers are discarded. Its requests are not streamed,
   * because they would count twice.
   * @default none
   * @example { registeredModel: { name: 'creditcard', version: 4 } }
   */
  shadow: z
    .strictObject({
      ...servedKeys,
      /**
       * Percentage of the requests that are copied to it, from 1 to 100.
       * @default 100
       * @example 25
       */
      traffic: percent('a percentage of the requests', 100, 25).default(100),
    })
    .meta({ examples: [{ uri: 's3://models/creditcard/2' }] })
    .optional(),
  /**
   * Answers at the gateway only who has a token of `services.istio.tokens`.
   * @default everybody is answered
   * @example { audiences: ['creditcard'] }
   */
  login: z
    .strictObject({
      /**
       * Values of the claim `aud`, one of which a token must have.
       * @default any
       * @example ['creditcard']
       */
      audiences: listOf(
        text('an audience without spaces and asterisks', new RegExp(`^[^\\s*${unseen}]+$`, 'u'), 'creditcard'),
        'audience',
        'creditcard',
      ).optional(),
    })
    .optional(),
  /**
   * Limits above which alerts fire.
   * @default an error rate of 0.05 and a latency of 1 s
   * @example { errorRate: 0.01, p95Seconds: 0.2 }
   */
  alerts: z
    .strictObject({
      /**
       * Highest share of failed predictions.
       * @default 0.05
       * @example 0.01
       */
      errorRate: ratio(0.01).optional(),
      /**
       * Highest 95th percentile of the latency, in seconds, at most 10: the metrics do not distinguish longer times.
       * @default 1
       * @example 0.2
       */
      p95Seconds: seconds(0.2, 10).optional(),
    })
    .optional(),
};

export const exampleModel = { name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1' } as const;
