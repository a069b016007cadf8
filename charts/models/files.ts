import { Credential } from '../../lib/graph/credential';
import type { ServiceChart } from '../../lib/graph/service-chart';
import type { ModelConfig } from '../config';
import type { BucketAccess, Grant, ObjectStore } from '../minio/store';
import type { Mlflow } from '../mlflow/mlflow';
import { servedBy } from './served';

/** Where the files of models are. */
export interface FileSources {
  readonly store: ObjectStore;
  /** Source of registered models. @default none are served */
  readonly mlflow?: Pick<Mlflow, 'endpoint' | 'artifactsUri'>;
}

/** Secrets with the environment of the two storage initializers: for the object store, and for the registry. */
export interface FileSecrets {
  readonly store?: string;
  readonly registry?: string;
}

/** How the pods of a model get its files. */
export interface FileAccess {
  readonly store: BucketAccess;
  readonly secrets: FileSecrets;
}

/**
 * Gives a model a user of the store, who may read what the model serves: the folders of the config, and for a registered
 * version all artifacts, because only MLflow knows which are that version's.
 *
 * @returns nothing for a model that consists of images
 */
export function addFileAccess(chart: ServiceChart, model: ModelConfig, sources: FileSources): FileAccess | undefined {
  const served = servedBy(model);
  const uris = served.flatMap(({ uri }) => uri ?? []);
  const registry = served.some(({ registeredModel }) => registeredModel !== undefined) ? sources.mlflow : undefined;
  if (uris.length === 0 && registry === undefined) return undefined;
  const grants = grantsOf(registry === undefined ? uris : [...uris, registry.artifactsUri]);
  // No name of a model has a dot, so no key of one user is that of another.
  const store = sources.store.accessOf(`${model.name}.model`, grants);
  const secrets = {
    store: uris.length === 0 ? undefined : storeSecret(chart, model, store),
    registry: registry === undefined ? undefined : registrySecret(chart, model, store, registry),
  };
  return { store, secrets };
}

/** Reads all of what each URI names: a bucket, or paths in it. */
function grantsOf(uris: readonly string[]): Grant[] {
  const paths = new Map<string, Set<string>>();
  for (const uri of uris) {
    const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/u.exec(uri) ?? [];
    paths.set(bucket, (paths.get(bucket) ?? new Set()).add(path));
  }
  return [...paths].map(([bucket, some]) => ({
    ...{ bucket, right: 'read' },
    ...(some.has('') ? {} : { paths: [...some] }),
  }));
}

/**
 * Settings of the rclone remote `s3` in Seldon's storage initializer (seldon-core 1.17.1,
 * components/rclone-storage-initializer/readme.md).
 */
function storeSecret(chart: ServiceChart, { name }: ModelConfig, store: BucketAccess): string {
  return new Credential(chart, `store-${name}`, {
    name: `${name}-rclone`,
    keys: {
      RCLONE_CONFIG_S3_TYPE: { value: 's3' },
      RCLONE_CONFIG_S3_PROVIDER: { value: 'minio' },
      RCLONE_CONFIG_S3_ENV_AUTH: { value: 'false' },
      RCLONE_CONFIG_S3_ENDPOINT: { value: store.endpoint.url() },
      RCLONE_CONFIG_S3_ACCESS_KEY_ID: { copyOf: store.accessKey },
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: { copyOf: store.secretKey },
    },
  }).secretName;
}

/**
 * Environment of our own storage initializer, programs/model-initializer. A storage initializer gets its whole
 * environment from one Secret.
 */
function registrySecret(
  chart: ServiceChart,
  { name }: ModelConfig,
  store: BucketAccess,
  { endpoint, artifactsUri }: NonNullable<FileSources['mlflow']>,
): string {
  return new Credential(chart, `registry-${name}`, {
    name: `${name}-registry`,
    keys: {
      MLFLOW_TRACKING_URI: { value: endpoint.url() },
      MLFLOW_ARTIFACTS_DESTINATION: { value: artifactsUri },
      MLFLOW_S3_ENDPOINT_URL: { value: store.endpoint.url() },
      AWS_DEFAULT_REGION: { value: store.region },
      AWS_ACCESS_KEY_ID: { copyOf: store.accessKey },
      AWS_SECRET_ACCESS_KEY: { copyOf: store.secretKey },
    },
  }).secretName;
}
