import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { HttpExposure } from '../../lib/config/sections/exposure';
import type { ComponentSize } from '../../lib/config/sizes';
import { AlertRules } from '../../lib/graph/alert';
import { Credential } from '../../lib/graph/credential';
import { DashboardRow } from '../../lib/graph/dashboard';
import { Endpoint } from '../../lib/graph/endpoint';
import { Exposed, serviceSettings } from '../../lib/graph/exposure';
import { tokenlessPod, spread } from '../../lib/kubernetes/pods';
import { Monitored } from '../../lib/graph/monitor';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext, PlatformContext } from '../context';
import type { BucketAccess, ObjectStore } from '../minio/store';
import type { DatabaseConnection } from '../postgresql/connection';
import { mlflowRules } from './alerts';
import { mlflowRow } from './dashboard';
import { allowedHosts, allowedOrigins } from './callers';
import { serverContainer, upgradeContainer } from './containers';

export interface MlflowProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  readonly expose: HttpExposure;
  /** `host` or `host:port` by which it is called besides: see the config. */
  readonly allowedHosts: readonly string[];
  /** Database of runs, parameters, metrics and the registry. */
  readonly database: DatabaseConnection;
  readonly artifacts: BucketAccess;
  readonly bucket: string;
}

const name = 'mlflow-tracking-server';
const podLabels = { app: `${name}-pods` };
const port = 5000;
/** The Service of clients outside the cluster, where one is needed. */
const externalService = 'mlflow-service';

/** The services that MLflow uses. */
interface Neighbours {
  readonly database?: DatabaseConnection;
  readonly store?: ObjectStore;
}

export function addMlflow(
  { app, config, cluster, namespaces }: PlatformContext,
  { database, store }: Neighbours,
): Mlflow | undefined {
  const { mlflow } = config.services;
  if (mlflow === false || database === undefined || store === undefined) return undefined;
  return new Mlflow(app, 'mlflow', {
    cluster,
    namespace: namespaces.get('mlflow'),
    size: config.sizes.mlflow,
    expose: mlflow.expose,
    allowedHosts: mlflow.allowedHosts,
    database,
    artifacts: store.accessOf('mlflow', [{ bucket: 'mlflow', right: 'readWrite' }]),
    bucket: 'mlflow',
  });
}

/**
 * MLflow's tracking server and model registry. The server proxies artifacts, so its clients need neither the address
 * nor the keys of the object store.
 */
export class Mlflow extends ServiceChart {
  readonly endpoint: Endpoint;
  /** Location in the object store of what clients know as `mlflow-artifacts:/`. */
  readonly artifactsUri: string;

  constructor(scope: Construct, id: string, props: MlflowProps) {
    const { cluster, namespace, size, expose, database, artifacts } = props;
    super(scope, id, { wave: Wave.Applications, namespace });

    this.artifactsUri = `s3://${props.bucket}`;
    const { type, nodePort, annotations } = serviceSettings(expose);
    const exposed = new Exposed(this, 'expose', {
      ...{ title: 'MLflow', exposure: expose, externalHost: cluster.externalHost },
      ...{ service: name, port },
    });
    const callers = {
      ...{ port, namespace, domain: cluster.domain, allowedHosts: props.allowedHosts },
      services: type === 'ClusterIP' ? [name] : [name, externalService],
      exposed: exposed.endpoint,
    };
    const credential = this.credential(database, artifacts);
    const settings = new k8s.KubeConfigMap(this, 'configmap', {
      metadata: { name: 'mlflow-configmap' },
      data: {
        MLFLOW_S3_ENDPOINT_URL: artifacts.endpoint.url(),
        AWS_DEFAULT_REGION: artifacts.region,
        MLFLOW_ARTIFACTS_DESTINATION: this.artifactsUri,
        // boto3 would add checksums to every upload, which not every S3 server takes (boto3 issue 4392).
        AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
        AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
        MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: allowedOrigins(callers).join(','),
        // Eight more processes, for evaluations by language models; nothing in the platform runs any.
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
        MLFLOW_DISABLE_TELEMETRY: 'true',
      },
    });
    const image = cluster.images.reference('mlflow');
    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name }, automountServiceAccountToken: false });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name, labels: { app: name } },
      spec: {
        replicas: size.replicas,
        selector: { matchLabels: podLabels },
        template: {
          metadata: { labels: podLabels },
          spec: {
            // The user ID in the image of programs/mlflow.
            ...tokenlessPod(name, 10001),
            affinity: spread(podLabels),
            initContainers: [upgradeContainer(image, size, credential)],
            containers: [serverContainer({ image, size, port, credential, settings, hosts: allowedHosts(callers) })],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    });
    if (size.replicas > 1) {
      new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
        metadata: { name },
        spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: podLabels } },
      });
    }

    const ports = [{ name: 'http', port, targetPort: k8s.IntOrString.fromString('http') }];
    new k8s.KubeService(this, 'service', {
      metadata: { name, labels: { app: name } },
      spec: { selector: podLabels, ports },
    });
    if (type !== 'ClusterIP') {
      new k8s.KubeService(this, 'external-service', {
        metadata: { name: externalService, annotations },
        spec: { type, selector: podLabels, ports: ports.map((item) => ({ ...item, nodePort })) },
      });
    }

    this.endpoint = Endpoint.ofService({ name, namespace, domain: cluster.domain, port, scheme: 'http' });
    this.offers('mlflow', this.endpoint);
    new Monitored(this, 'metrics', {
      name: 'mlflow',
      select: 'service',
      labels: { app: name },
      namespace,
      port: 'http',
      path: '/metrics',
    });
    new AlertRules(this, 'alerts', () => mlflowRules({ job: name, namespace }));
    new DashboardRow(this, 'dashboard', mlflowRow);
    this.uses(`Deployment/${name}`, database.endpoint, 'runs and registered models');
    this.uses(`Deployment/${name}`, artifacts.endpoint, 'artifacts');
  }

  private credential(
    { endpoint, database, username, password }: DatabaseConnection,
    artifacts: BucketAccess,
  ): Credential {
    return new Credential(this, 'credential', {
      name: 'mlflow-secret',
      keys: {
        AWS_ACCESS_KEY_ID: { copyOf: artifacts.accessKey },
        AWS_SECRET_ACCESS_KEY: { copyOf: artifacts.secretKey },
        MLFLOW_BACKEND_STORE_URI: {
          // Without the driver, SQLAlchemy 2.1 would take psycopg 3.
          template: `postgresql+psycopg2://{username}:{password}@${endpoint.authority}/${encodeURIComponent(database)}`,
          values: { username, password },
        },
      },
    });
  }
}
