import {
  SeldonDeploymentSpecPredictorsComponentSpecsPdbSpecMaxUnavailable as MaxUnavailable,
  SeldonDeploymentSpecPredictorsComponentSpecsSpecContainersResourcesLimits as Limit,
  SeldonDeploymentSpecPredictorsComponentSpecsSpecContainersResourcesRequests as Request,
  SeldonDeploymentSpecPredictorsSvcOrchSpecResourcesLimits as ExecutorLimit,
  SeldonDeploymentSpecPredictorsSvcOrchSpecResourcesRequests as ExecutorRequest,
  type SeldonDeploymentSpecPredictors as Predictor,
  type SeldonDeploymentSpecPredictorsComponentSpecs as ComponentSpec,
  type SeldonDeploymentSpecPredictorsGraph as Graph,
  type SeldonDeploymentSpecPredictorsGraphParameters as Parameter,
  type SeldonDeploymentSpecPredictorsSvcOrchSpec as Executor,
} from '../../imports/machinelearning.seldon.io';
import { digest } from '../../lib/output/digest';
import type { ModelConfig, Sizes } from '../config';
import type { ClusterContext } from '../context';
import type { KafkaConnection } from '../kafka/connection';
import { isStreamed, topicOf } from '../kafka/topics';
import { revisionAnnotation } from '../seldon/model-readiness';
import { canaryPredictor, componentName, mainPredictor, shadowPredictor } from './predictor-names';
import type { FileSecrets } from './files';
import type { Served } from './served';

export interface PredictorsProps {
  readonly cluster: ClusterContext;
  readonly sizes: Pick<Sizes, 'modelServer' | 'modelExecutor'>;
  readonly kafka?: KafkaConnection;
  /** Whether a model's answers are streamed together with its requests. @default no model's are */
  readonly streamsAnswers?: (model: ModelConfig) => boolean;
  readonly secrets: FileSecrets;
}

/**
 * The predictors of a SeldonDeployment. Their graph node has the same name in all of them, because it is part of v2's
 * URLs.
 */
export function predictorsOf(model: ModelConfig, props: PredictorsProps): Predictor[] {
  const { canary, shadow } = model;
  const streamed = isStreamed(model) && props.kafka !== undefined;
  const main = predictor(mainPredictor, model, model, props, streamed);
  return [
    // The operator requires the shares to add up to 100 (seldon-core 1.17.1, checkTraffic).
    canary === undefined ? main : { ...main, traffic: 100 - canary.traffic },
    ...(canary === undefined
      ? []
      : [{ ...predictor(canaryPredictor, model, canary, props, streamed), traffic: canary.traffic }]),
    ...(shadow === undefined
      ? []
      : [{ ...predictor(shadowPredictor, model, shadow, props, false), shadow: true, traffic: shadow.traffic }]),
  ];
}

/** Seconds that a model may take to load. Its environment may have to be built first. */
const startSeconds = 1800;

function predictor(
  name: string,
  model: ModelConfig,
  served: Served,
  props: PredictorsProps,
  streamed: boolean,
): Predictor {
  const isMain = name === mainPredictor;
  const pods = {
    progressDeadlineSeconds: startSeconds + 60,
    graph: {
      ...graph(model, served, props),
      ...(streamed ? { logger: { mode: props.streamsAnswers?.(model) === true ? 'all' : 'request' } } : {}),
    },
    componentSpecs: [{ ...disruptionBudget(isMain, model, props), ...componentSpec(model, served, props) }],
    svcOrchSpec: executor(model, props, streamed),
  };
  return {
    name,
    // Digest of what makes Seldon replace the pods. Traffic shares and replica counts do not (seldon-core 1.17.1,
    // createEngineContainer).
    annotations: { [revisionAnnotation]: digest(name, model.protocol, pods) },
    ...(model.autoscaling === undefined ? { replicas: replicasOf(model, props) } : {}),
    ...pods,
  };
}

const replicasOf = ({ replicas }: ModelConfig, { sizes }: PredictorsProps): number =>
  replicas ?? sizes.modelServer.replicas;

const servers: Record<NonNullable<ModelConfig['server']>, string> = {
  mlflow: 'MLFLOW_SERVER',
  sklearn: 'SKLEARN_SERVER',
  xgboost: 'XGBOOST_SERVER',
  huggingface: 'HUGGINGFACE_SERVER',
  triton: 'TRITON_SERVER',
};

/** A node without an implementation is a custom container, which gets no files. */
function graph(model: ModelConfig, served: Served, { cluster, secrets }: PredictorsProps): Graph {
  const { name, server } = model;
  const container = { name, type: 'MODEL' };
  if (served.image !== undefined || server === undefined) return container;
  const node = { ...container, implementation: servers[server], ...parameters(model) };
  const { uri, registeredModel } = served;
  return registeredModel === undefined
    ? { ...node, modelUri: uri, envSecretRefName: secrets.store }
    : {
        ...node,
        // Called with the URI and the target folder (seldon-core 1.17.1, model_initializer_injector.go).
        storageInitializerImage: cluster.images.reference('modelInitializer'),
        modelUri: `models:/${registeredModel.name}/${registeredModel.version}`,
        envSecretRefName: secrets.registry,
      };
}

/** Folder of a model's files in its pod (seldon-core 1.17.1, DefaultModelLocalMountPath). */
const modelFolder = '/mnt/models';

/**
 * Seldon passes these on as PREDICTIVE_UNIT_PARAMETERS, the only settings of the huggingface server. With
 * `pretrained_model`, model and tokenizer come from the files that were fetched (MLServer 1.7.1,
 * mlserver_huggingface/{settings,common}.py).
 */
function parameters({ task }: ModelConfig): { parameters?: Parameter[] } {
  if (task === undefined) return {};
  return {
    parameters: [
      { name: 'task', type: 'STRING', value: task },
      { name: 'pretrained_model', type: 'STRING', value: modelFolder },
    ],
  };
}

/**
 * Only on the model's own predictor: Seldon's budget selects the pods of all its predictors, and a pod selected by two
 * budgets cannot be evicted at all (seldon-core 1.17.1, createPdb).
 */
function disruptionBudget(isMain: boolean, model: ModelConfig, props: PredictorsProps): Pick<ComponentSpec, 'pdbSpec'> {
  const most = model.autoscaling?.max ?? replicasOf(model, props);
  return isMain && most > 1 ? { pdbSpec: { maxUnavailable: MaxUnavailable.fromNumber(1) } } : {};
}

function componentSpec(model: ModelConfig, served: Served, { cluster, sizes }: PredictorsProps): ComponentSpec {
  const { autoscaling } = model;
  const size = { ...sizes.modelServer, ...model.resources };
  return {
    metadata: { name: componentName },
    ...(autoscaling === undefined ? {} : { hpaSpec: hpaSpec(autoscaling) }),
    spec: cluster.pods.spec({
      automountServiceAccountToken: false,
      // Seldon finds the container to complete by this name.
      containers: [
        {
          name: model.name,
          ...(served.image === undefined ? {} : { image: cluster.images.own(served.image) }),
          resources: {
            requests: { cpu: Request.fromString(size.cpu), memory: Request.fromString(size.memory) },
            limits: { cpu: Limit.fromString(size.cpuLimit), memory: Limit.fromString(size.memoryLimit) },
          },
          // MLflow servers build an environment first. Nothing restarts a model before it is loaded.
          startupProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, failureThreshold: startSeconds / 10 },
        },
      ],
    }),
  };
}

/** `metrics` has the form of an API that Kubernetes 1.25 removed; `metricsv2` that of autoscaling/v2. */
const hpaSpec = ({ min, max, cpuPercent }: NonNullable<ModelConfig['autoscaling']>): ComponentSpec['hpaSpec'] => ({
  minReplicas: min,
  maxReplicas: max,
  metricsv2: [
    {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
    },
  ],
});

function executor(model: ModelConfig, { sizes, kafka }: PredictorsProps, streamed: boolean): Executor {
  const { cpu, cpuLimit, memory, memoryLimit } = sizes.modelExecutor;
  return {
    resources: {
      requests: { cpu: ExecutorRequest.fromString(cpu), memory: ExecutorRequest.fromString(memory) },
      limits: { cpu: ExecutorLimit.fromString(cpuLimit), memory: ExecutorLimit.fromString(memoryLimit) },
    },
    // Directly to Kafka; the executor needs no CloudEvents broker in between.
    ...(streamed && kafka !== undefined
      ? {
          env: [
            { name: 'LOGGER_KAFKA_BROKER', value: kafka.bootstrapServers },
            { name: 'LOGGER_KAFKA_TOPIC', value: topicOf(model) },
          ],
        }
      : {}),
  };
}
