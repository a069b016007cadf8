import { z } from 'zod';
import { shortLabel } from './primitives';
import { charts } from './sections/charts';
import { cluster } from './sections/cluster';
import type { httpExposure, kafkaExposure } from './sections/exposure';
import { images } from './sections/images';
import { model } from './sections/model';
import { services } from './sections/services';
import { size } from './sections/size';

/** Namespaces are `<prefix>-<service>`, of which `credentials` is the longest, with at most 63 characters. */
export const longestPrefix = 63 - '-credentials'.length;

const prefix = shortLabel(
  longestPrefix,
  'mlops',
  (name) => !/^kube(-|$)/.test(name),
  ', not starting with "kube-", which Kubernetes keeps for itself',
);

export const configSchema = z.strictObject({
  /**
   * Names the platform: a label on every object, and what Kafka's cluster id is made from.
   * @default 'mlops'
   * @example 'mlops'
   */
  name: prefix.default('mlops'),
  /**
   * In front of every namespace but istio-system.
   * @default the name
   * @example 'team-a'
   */
  namespacePrefix: prefix.optional(),
  /** The cluster that the manifests are for. */
  cluster,
  /** How much of everything. */
  size,
  /**
   * The systems of the platform. Each is installed, yours, or off.
   * @default all are installed
   * @example { kafka: false, drift: false }
   */
  services: services.prefault({}),
  /**
   * The models that are served.
   * @default []
   * @example [{ name: 'creditcard', server: 'mlflow', uri: 's3://models/creditcard/1' }]
   */
  models: z.array(model, { error: 'must be a list of models (write [] for none)' }).default([]),
  /**
   * Where the values of Secrets come from.
   * @default { mode: 'generated' }
   */
  secrets: z
    .strictObject({
      /**
       * `generated`: a Job in the cluster makes what is missing. `existing`: you make every Secret that synth lists.
       * @example 'existing'
       */
      mode: z.enum(['generated', 'existing']),
    })
    .default({ mode: 'generated' }),
  /**
   * Whose Helm charts are used: `bundled`, those of this repository, or `upstream`, the original ones, which
   * `npm run charts -- pull` downloads; for all services, or for each. A service with data (PostgreSQL, MinIO, Kafka,
   * Prefect) keeps the one that it was installed with: the other would not find its data.
   * @default 'bundled'
   * @example { kafka: 'upstream' }
   */
  charts: charts.default('bundled'),
  /**
   * Where container images come from.
   * @default the pinned images of their authors
   */
  images: images.prefault({}),
});

/** What a user writes. */
export type Config = z.input<typeof configSchema>;
/** What zod makes of it: defaults filled in, sizes and derived figures not yet. */
export type ParsedConfig = z.output<typeof configSchema>;

export type HttpExposure = z.output<ReturnType<typeof httpExposure>>;
export type KafkaExposure = z.output<typeof kafkaExposure>;
export type { Receiver } from './sections/services/receivers';
export type ModelConfig = z.output<typeof model>;
