import type { Construct } from 'constructs';
import {
  SeldonDeployment,
  SeldonDeploymentSpecPredictorsComponentSpecsPdbSpecMaxUnavailable as MaxUnavailable,
  SeldonDeploymentSpecPredictorsComponentSpecsSpecContainersResourcesLimits as Limit,
  SeldonDeploymentSpecPredictorsComponentSpecsSpecContainersResourcesRequests as Request,
  SeldonDeploymentSpecPredictorsSvcOrchSpecResourcesLimits as ExecutorLimit,
  SeldonDeploymentSpecPredictorsSvcOrchSpecResourcesRequests as ExecutorRequest,
  type SeldonDeploymentSpecPredictors,
} from '../imports/machinelearning.seldon.io';
import type { ModelConfig } from '../lib/config/schema';
import { watchesFeedback } from '../lib/config/sections/model';
import type { Sizes } from '../lib/config/sizes';
import { Credential } from '../lib/wiring/credential';
import type { MonitorTarget } from '../lib/wiring/monitor';
import { ServiceChart, Wave } from '../lib/wiring/service-chart';
import type { ClusterContext } from './context';
import type { KafkaConnection } from './kafka';
import type { BucketAccess } from './minio';

export interface ModelsProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<Sizes, 'modelServer' | 'modelExecutor'>;
  readonly models: readonly ModelConfig[];
  readonly store: BucketAccess;
  /** Where the requests of models with a drift detector are streamed to. @default nowhere */
  readonly kafka?: KafkaConnection;
}

/** Topic that carries the requests of a model. */
export const topicOf = (model: Pick<ModelConfig, 'name'>): string => `predictions-${model.name}`;

/** How long a model may take to be loaded: its environment may have to be built first. */
const startSeconds = 1800;

const servers: Record<ModelConfig['server'], string> = {
  mlflow: 'MLFLOW_SERVER',
  sklearn: 'SKLEARN_SERVER',
  xgboost: 'XGBOOST_SERVER',
  huggingface: 'HUGGINGFACE_SERVER',
  triton: 'TRITON_SERVER',
};

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
    const { endpoint, accessKey, secretKey } = props.store;
    const credential = new Credential(this, 'store', {
      // The keys that Seldon's storage initializer, an rclone, takes its remote named `s3` from
      // (seldon-core 1.16.0, components/rclone-storage-initializer/readme.md).
      name: 'seldon-rclone-secret',
      keys: {
        RCLONE_CONFIG_S3_TYPE: { value: 's3' },
        RCLONE_CONFIG_S3_PROVIDER: { value: 'minio' },
        RCLONE_CONFIG_S3_ENV_AUTH: { value: 'false' },
        RCLONE_CONFIG_S3_ENDPOINT: { value: endpoint.url() },
        RCLONE_CONFIG_S3_ACCESS_KEY_ID: accessKey,
        RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: { copyOf: secretKey },
      },
    });
    for (const model of props.models) {
      new SeldonDeployment(this, `model-${model.name}`, {
        metadata: { name: model.name },
        spec: {
          protocol: model.protocol === 'v1' ? 'seldon' : 'v2',
          predictors: [predictor(model, props, credential.secretName)],
        },
      });
      this.uses(model.name, endpoint, 'the files of the model');
      const watched = model.drift === undefined ? undefined : props.kafka;
      for (const broker of watched?.endpoints ?? []) this.uses(model.name, broker, 'streams its requests');
    }
  }
}

function predictor(model: ModelConfig, props: ModelsProps, envSecretRefName: string): SeldonDeploymentSpecPredictors {
  const size = { ...props.sizes.modelServer, ...model.resources };
  const executor = props.sizes.modelExecutor;
  const replicas = model.replicas ?? props.sizes.modelServer.replicas;
  const { pullSecrets } = props.cluster.images;
  const streamed = model.drift !== undefined && props.kafka !== undefined;
  return {
    name: 'default',
    replicas,
    progressDeadlineSeconds: startSeconds + 60,
    graph: {
      name: model.name,
      type: 'MODEL',
      implementation: servers[model.server],
      modelUri: model.uri,
      envSecretRefName,
      ...(streamed ? { logger: { mode: needsResponses(model) ? 'all' : 'request' } } : {}),
    },
    componentSpecs: [
      {
        ...(replicas > 1 ? { pdbSpec: { maxUnavailable: MaxUnavailable.fromNumber(1) } } : {}),
        spec: {
          ...(pullSecrets.length > 0 ? { imagePullSecrets: pullSecrets.map((name) => ({ name })) } : {}),
          // By its name Seldon finds the container that it fills in.
          containers: [
            {
              name: model.name,
              resources: {
                requests: { cpu: Request.fromString(size.cpu), memory: Request.fromString(size.memory) },
                limits: { cpu: Limit.fromString(size.cpuLimit), memory: Limit.fromString(size.memoryLimit) },
              },
              // MLflow servers build an environment first. Until a model is loaded nothing restarts it.
              startupProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, failureThreshold: startSeconds / 10 },
            },
          ],
        },
      },
    ],
    svcOrchSpec: {
      resources: {
        requests: {
          cpu: ExecutorRequest.fromString(executor.cpu),
          memory: ExecutorRequest.fromString(executor.memory),
        },
        limits: {
          cpu: ExecutorLimit.fromString(executor.cpuLimit),
          memory: ExecutorLimit.fromString(executor.memoryLimit),
        },
      },
      ...(streamed ? { env: requestLog(model, props.kafka) } : {}),
    },
  };
}

/** Concept drift compares the truth in a feedback message with what was answered. */
const needsResponses = ({ drift }: ModelConfig): boolean => drift?.detectors.some(watchesFeedback) ?? false;

/** Straight to Kafka: the executor needs no broker of CloudEvents in between. */
const requestLog = (model: ModelConfig, kafka: KafkaConnection | undefined): { name: string; value: string }[] => [
  { name: 'LOGGER_KAFKA_BROKER', value: kafka?.bootstrapServers ?? '' },
  { name: 'LOGGER_KAFKA_TOPIC', value: topicOf(model) },
];
