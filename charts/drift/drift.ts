import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { Credential } from '../../lib/graph/credential';
import type { Endpoint } from '../../lib/graph/endpoint';
import { AlertRules } from '../../lib/graph/alert';
import { DashboardPage } from '../../lib/graph/dashboard';
import { Monitored } from '../../lib/graph/monitor';
import { httpProbe, resources, tokenlessPod } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ModelConfig } from '../config';
import type { ClusterContext, PlatformContext } from '../context';
import type { KafkaConnection } from '../kafka/connection';
import { topicOf } from '../kafka/topics';
import type { ObjectStore } from '../minio/store';
import type { Mlflow } from '../mlflow/mlflow';
import { mainPredictor } from '../models/predictor-names';
import { driftRules } from './alerts';
import { driftDashboard } from './dashboard';

/** The services that detectors use. */
interface Neighbours {
  readonly store?: ObjectStore;
  readonly kafka?: KafkaConnection;
  readonly mlflow?: Mlflow;
}

/** Adds a detector for each model that has `drift`. */
export function addDriftDetectors(
  { app, config, cluster, namespaces }: PlatformContext,
  { store, kafka, mlflow }: Neighbours,
): void {
  const models = config.models.filter(({ drift }) => drift !== undefined);
  if (config.services.drift === false || models.length === 0) return;
  if (store === undefined || kafka === undefined || mlflow === undefined) return;
  new DriftDetectors(app, 'drift', {
    cluster,
    namespace: namespaces.get('drift'),
    size: config.sizes.driftDetector,
    models,
    modelNamespace: namespaces.get('models', 'baseline'),
    kafka,
    mlflow: mlflow.endpoint,
    store,
  });
}

export interface DriftDetectorsProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  /** Of one detector. */
  readonly size: ComponentSize;
  /** The models with a detector. */
  readonly models: readonly ModelConfig[];
  readonly modelNamespace: string;
  readonly kafka: KafkaConnection;
  /** Holds the artifacts of registered models. */
  readonly mlflow: Endpoint;
  readonly store: ObjectStore;
}

const app = 'drift-detector-app';
const port = 8000;
const settingsName = 'drift-configmap';
/** The bucket with the window of each detector. */
const snapshots = 'drift';

const snapshotOf = ({ name }: { readonly name: string }): string => `${name}.npz`;

/** One detector per model: compares the requests in the model's topic with the model's training data. */
export class DriftDetectors extends ServiceChart {
  constructor(scope: Construct, id: string, props: DriftDetectorsProps) {
    super(scope, id, { wave: Wave.Consumers, namespace: props.namespace });
    const { namespace, modelNamespace, kafka, mlflow, store } = props;
    new Monitored(this, 'metrics', {
      name: 'drift-servicemonitor',
      select: 'service',
      labels: { app },
      port: 'metrics',
      path: '/metrics',
      // The model's name in Seldon's metrics. The detector's own metrics carry the registered name.
      podLabels: { deployment_name: 'app.kubernetes.io/component' },
    });
    new AlertRules(this, 'alerts', () => driftRules(namespace, modelNamespace));
    new DashboardPage(this, 'dashboard', driftDashboard(namespace));
    new k8s.KubeConfigMap(this, 'settings', {
      metadata: { name: settingsName },
      data: {
        MLFLOW_TRACKING_URI: mlflow.url(),
        MLFLOW_S3_ENDPOINT_URL: store.endpoint.url(),
        AWS_DEFAULT_REGION: store.region,
        KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
      },
    });
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: { name: app },
      automountServiceAccountToken: false,
    });
    new k8s.KubeService(this, 'service', {
      metadata: { name: 'drift-detector-service', labels: { app } },
      spec: {
        selector: { app },
        ports: [{ name: 'metrics', port, targetPort: k8s.IntOrString.fromString('metrics') }],
      },
    });
    for (const model of props.models) this.addDetector(model, props);
  }

  private addDetector(model: ModelConfig, { cluster, size, kafka, mlflow, store }: DriftDetectorsProps): void {
    const name = `drift-detector-${model.name}`;
    const { accessKey, secretKey } = store.accessOf(`${model.name}.detector`, [
      // Only MLflow knows which artifacts are the model's.
      { bucket: 'mlflow', right: 'read' },
      { bucket: snapshots, right: 'readWrite', paths: [snapshotOf(model)] },
    ]);
    const credential = new Credential(this, `credential-${model.name}`, {
      name,
      keys: { AWS_ACCESS_KEY_ID: { copyOf: accessKey }, AWS_SECRET_ACCESS_KEY: { copyOf: secretKey } },
    });
    const labels = { app, 'app.kubernetes.io/component': model.name };
    const config = new k8s.KubeConfigMap(this, `config-${model.name}`, {
      metadata: { name },
      data: { 'config.yaml': `${JSON.stringify(detectorConfig(model), null, 2)}\n` },
    });
    new k8s.KubeDeployment(this, `detector-${model.name}`, {
      metadata: { name, labels },
      spec: {
        replicas: size.replicas,
        // Two detectors of one model would split the topic between them, and each would see half of the requests.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            // The user ID in the image of programs/drift.
            ...tokenlessPod(app, 10001),
            // Enough to finish a batch, commit its offsets and save the window.
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                name: 'drift-detector',
                image: cluster.images.reference('driftDetector'),
                env: [
                  ...credential.env({
                    AWS_ACCESS_KEY_ID: 'AWS_ACCESS_KEY_ID',
                    AWS_SECRET_ACCESS_KEY: 'AWS_SECRET_ACCESS_KEY',
                  }),
                  { name: 'DRIFT_CONFIG', value: '/etc/drift/config.yaml' },
                ],
                envFrom: [{ configMapRef: { name: settingsName } }],
                ports: [{ name: 'metrics', containerPort: port }],
                livenessProbe: httpProbe('/healthz', port, {
                  periodSeconds: 20,
                  timeoutSeconds: 5,
                  failureThreshold: 6,
                }),
                // Not ready until the reference data are loaded.
                readinessProbe: httpProbe('/readyz', port, { periodSeconds: 10, timeoutSeconds: 5 }),
                resources: resources(size),
                volumeMounts: [
                  { name: 'config', mountPath: '/etc/drift', readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [
              { name: 'config', configMap: { name: config.name } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        },
      },
    });
    const detector = `Deployment/${name}` as const;
    for (const broker of kafka.endpoints) this.uses(detector, broker, 'the requests of the model');
    this.uses(detector, mlflow, 'where the reference data of the model are');
    this.uses(detector, store.endpoint, 'reference data, and its own window');
  }
}

/** The detector's config file; keys as in programs/drift/src/drift/config.py. */
function detectorConfig({ name, drift, ...model }: ModelConfig): object {
  // rules.ts guarantees one of the two.
  const watched = model.registeredModel ?? drift?.registeredModel;
  return {
    model: watched && { name: watched.name, version: String(watched.version) },
    kafka: { topic: topicOf({ name }), groupId: `drift-${name}` },
    filter: { modelId: name, answersOf: mainPredictor },
    reference: { source: drift?.reference, drop: drift?.dropColumns },
    window: { rows: drift?.window },
    detectors: drift?.detectors.map((algorithm) => ({ algorithm })),
    snapshot: { uri: `s3://${snapshots}/${snapshotOf({ name })}` },
  };
}
