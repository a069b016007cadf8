import type { Construct } from 'constructs';
import { SeldonDeployment } from '../../imports/machinelearning.seldon.io';
import { AlertRules } from '../../lib/graph/alert';
import { DashboardPage, DashboardRow } from '../../lib/graph/dashboard';
import type { Outside, Pods } from '../../lib/graph/connection';
import type { Endpoint } from '../../lib/graph/endpoint';
import { PublicAddress } from '../../lib/graph/exposure';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ModelConfig, Sizes } from '../config';
import { destinationsOf, type ClusterContext, type PlatformContext } from '../context';
import type { IngressGateway } from '../istio/istio';
import type { KafkaConnection } from '../kafka/connection';
import { isStreamed, Topics } from '../kafka/topics';
import type { ObjectStore } from '../minio/store';
import type { Mlflow } from '../mlflow/mlflow';
import type { Seldon } from '../seldon/seldon';
import { modelRules } from './alerts';
import { modelDashboard, modelsRow } from './dashboard';
import { addFileAccess, type FileAccess, type FileSources } from './files';
import { ModelLogins } from './logins';
import { predictorsOf } from './predictors';
import { servedBy } from './served';

export interface ModelsProps extends FileSources {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<Sizes, 'modelServer' | 'modelExecutor'>;
  readonly models: readonly ModelConfig[];
  /** Kafka for the requests. @default requests are not streamed */
  readonly kafka?: KafkaConnection;
  /** Whether a model's answers are streamed together with its requests. @default no model's are */
  readonly streamsAnswers?: (model: ModelConfig) => boolean;
  /** Where clients outside the cluster reach the models. @default nowhere */
  readonly address?: Endpoint;
  /** What brings the requests. @default nobody */
  readonly gateway?: Pods;
  /** Addresses outside the cluster that the models may reach. @default none beside those that they need */
  readonly destinations?: readonly Outside[];
}

/** The services that models use. */
interface Neighbours {
  readonly seldon?: Seldon;
  readonly gateway?: IngressGateway;
  readonly store?: ObjectStore;
  readonly kafka?: KafkaConnection;
  readonly mlflow?: Mlflow;
  /** Whether somebody reads the answers of a model. */
  readonly streamsAnswers: (model: ModelConfig) => boolean;
}

/** Adds the models of the config and their topics. */
export function addModels(
  { app, config, cluster, namespaces }: PlatformContext,
  { seldon, gateway, store, kafka, mlflow, streamsAnswers }: Neighbours,
): void {
  const { models, sizes } = config;
  if (seldon === undefined || store === undefined || models.length === 0) return;
  // Seldon replaces the security context of its pods, so they cannot pass the restricted level.
  const namespace = namespaces.get('models', 'baseline');
  const address = gateway?.address;
  const neighbours = {
    ...{ store, kafka, streamsAnswers, mlflow, address },
    ...{ gateway: gateway?.pods, destinations: destinationsOf(config, 'models') },
  };
  new Models(app, 'models', { cluster, namespace, sizes, models, ...neighbours });
  const { istio } = config.services;
  const closed = models.flatMap(({ name, login }) => (login === undefined ? [] : [{ name, ...login }]));
  if (gateway !== undefined && istio !== false && istio.tokens !== undefined && closed.length > 0) {
    new ModelLogins(app, 'model-logins', { gateway, tokens: istio.tokens, modelNamespace: namespace, models: closed });
  }
  const streamed = models.filter(isStreamed);
  if (kafka !== undefined && streamed.length > 0) {
    new Topics(app, 'topics', { cluster, namespace, models: streamed, kafka });
  }
}

/** The models of the config, each as a SeldonDeployment. */
export class Models extends ServiceChart {
  constructor(scope: Construct, id: string, props: ModelsProps) {
    super(scope, id, { wave: Wave.Consumers, namespace: props.namespace });
    const { namespace, models, address } = props;
    new AlertRules(this, 'alerts', () => modelRules(namespace, models));
    new DashboardRow(this, 'dashboard-row', modelsRow);
    new DashboardPage(this, 'dashboard', modelDashboard(namespace));
    for (const model of models) {
      const files = addFileAccess(this, model, props);
      new SeldonDeployment(this, `model-${model.name}`, {
        metadata: { name: model.name, annotations: retries },
        spec: {
          protocol: model.protocol === 'v1' ? 'seldon' : 'v2',
          predictors: predictorsOf(model, { ...props, secrets: files?.secrets ?? {} }),
        },
      });
      if (address !== undefined) {
        const url = address.url(pathOf(model, namespace));
        new PublicAddress(this, `address-${model.name}`, { service: `model ${model.name}`, url });
      }
      this.connect(model, props, files);
    }
  }

  private connect(
    model: ModelConfig,
    { kafka, mlflow, gateway, destinations }: ModelsProps,
    files: FileAccess | undefined,
  ): void {
    const pods = `SeldonDeployment/${model.name}` as const;
    // Over HTTP and gRPC (seldon-core 1.17.1, createIstioResources).
    for (const port of ['http', 'grpc']) {
      if (gateway !== undefined) this.uses(gateway, { pods: this.podsOf(pods), port }, 'requests');
    }
    this.offers('models', { pods: this.podsOf(pods), port: 'http' });
    if (files !== undefined) this.uses(pods, files.store.endpoint, 'the files of the model');
    for (const broker of (isStreamed(model) && kafka?.endpoints) || []) this.uses(pods, broker, 'streams its requests');
    if (mlflow !== undefined && files?.secrets.registry !== undefined) {
      this.uses(pods, mlflow.endpoint, 'where the files of the registered model are');
    }
    if (buildsEnvironment(model)) this.uses(pods, packages, 'the packages of the model');
    for (const destination of destinations ?? []) this.uses(pods, destination, 'a destination of the config');
  }
}

/** With v1, the server for MLflow installs what a model needs when it starts: see docs/models.md. */
const buildsEnvironment = (model: ModelConfig): boolean =>
  model.server === 'mlflow' && model.protocol === 'v1' && servedBy(model).some(({ image }) => image === undefined);

const packages = { addresses: 'internet', ports: [443] };

/**
 * The gateway sends a request again whose connection has ended without an answer, as an executor ends idle connections when
 * it stops (Seldon Core 1.17.1, executor/cmd/executor/main.go); the number of attempts is Istio's default. Seldon's operator
 * limits each attempt to one second unless told otherwise: an hour stands for no limit
 * (operator/controllers/seldondeployment_controller.go, createIstioResources).
 */
const retries = { 'seldon.io/istio-retries': '2', 'seldon.io/istio-retries-timeout': '3600' };

/** Path of predictions behind the gateway. */
const pathOf = ({ name, protocol }: ModelConfig, namespace: string): string =>
  `/seldon/${namespace}/${name}/${protocol === 'v1' ? 'api/v1.0/predictions' : `v2/models/${name}/infer`}`;
