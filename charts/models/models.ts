import type { Construct } from 'constructs';
import { SeldonDeployment } from '../../imports/machinelearning.seldon.io';
import type { ModelConfig } from '../../lib/config/schema';
import type { Sizes } from '../../lib/config/sizes';
import { Credential } from '../../lib/graph/credential';
import type { MonitorTarget } from '../../lib/graph/monitor';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext } from '../context';
import type { KafkaConnection } from '../kafka/kafka';
import type { BucketAccess } from '../minio/minio';
import type { Mlflow } from '../mlflow/mlflow';
import { predictorsOf, servedBy } from './predictors';
import { isStreamed } from '../kafka/topics';

export interface ModelsProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<Sizes, 'modelServer' | 'modelExecutor'>;
  readonly models: readonly ModelConfig[];
  readonly store: BucketAccess;
  /** Where requests are streamed to. @default nowhere */
  readonly kafka?: KafkaConnection;
  /** Knows where registered models are. @default none is served */
  readonly mlflow?: Pick<Mlflow, 'endpoint' | 'artifactsUri'>;
}

/** The models of the config, each as a SeldonDeployment. */
export class Models extends ServiceChart {
  /** The executor and, with protocol v1, the model server of every model. */
  static readonly metrics: MonitorTarget = {
    name: 'seldon-podmonitor',
    select: 'pods',
    labels: { 'app.kubernetes.io/managed-by': 'seldon-core' },
    port: 'metrics',
    path: '/prometheus',
  };

  constructor(scope: Construct, id: string, props: ModelsProps) {
    super(scope, id, { wave: Wave.Consumers, namespace: props.namespace });
    const { models, store, kafka, mlflow } = props;
    const registered = models.filter((model) => servedBy(model).some((served) => served.registeredModel !== undefined));
    const secrets = {
      store: this.storeCredential(store),
      registry:
        registered.length === 0 || mlflow === undefined ? undefined : this.registryCredential(store, mlflow).secretName,
    };
    for (const model of models) {
      new SeldonDeployment(this, `model-${model.name}`, {
        metadata: { name: model.name },
        spec: {
          protocol: model.protocol === 'v1' ? 'seldon' : 'v2',
          predictors: predictorsOf(model, { ...props, secrets }),
        },
      });
      if (servedBy(model).some(({ image }) => image === undefined)) {
        this.uses(model.name, store.endpoint, 'the files of the model');
      }
      for (const broker of (isStreamed(model) && kafka?.endpoints) || []) {
        this.uses(model.name, broker, 'streams its requests');
      }
    }
    if (mlflow === undefined) return;
    for (const { name } of registered) {
      this.uses(name, mlflow.endpoint, 'where the files of the registered model are');
    }
  }

  /**
   * For Seldon's own storage initializer, an rclone: the keys that its remote named `s3` is made of (seldon-core 1.16.0,
   * components/rclone-storage-initializer/readme.md).
   */
  private storeCredential({ endpoint, accessKey, secretKey }: BucketAccess): string {
    return new Credential(this, 'store', {
      name: 'seldon-rclone-secret',
      keys: {
        RCLONE_CONFIG_S3_TYPE: { value: 's3' },
        RCLONE_CONFIG_S3_PROVIDER: { value: 'minio' },
        RCLONE_CONFIG_S3_ENV_AUTH: { value: 'false' },
        RCLONE_CONFIG_S3_ENDPOINT: { value: endpoint.url() },
        RCLONE_CONFIG_S3_ACCESS_KEY_ID: accessKey,
        RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: { copyOf: secretKey },
      },
    }).secretName;
  }

  /** For ours, of programs/model-initializer. A storage initializer gets its whole environment from one Secret. */
  private registryCredential(store: BucketAccess, { endpoint, artifactsUri }: NonNullable<ModelsProps['mlflow']>) {
    return new Credential(this, 'registry', {
      name: 'model-registry-secret',
      keys: {
        MLFLOW_TRACKING_URI: { value: endpoint.url() },
        MLFLOW_ARTIFACTS_DESTINATION: { value: artifactsUri },
        MLFLOW_S3_ENDPOINT_URL: { value: store.endpoint.url() },
        AWS_DEFAULT_REGION: { value: store.region },
        AWS_ACCESS_KEY_ID: store.accessKey,
        AWS_SECRET_ACCESS_KEY: { copyOf: store.secretKey },
      },
    });
  }
}
