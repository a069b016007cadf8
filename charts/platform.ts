import type { App } from 'cdk8s';
import type { PlatformConfig } from '../lib/config/parse';
import { Credential } from '../lib/graph/credential';
import type { Recipient } from './prometheus/alertmanager';
import { Credentials } from './credentials/credentials';
import { DriftDetectors } from './drift/drift';
import type { KafkaConnection } from './kafka/kafka';
import { Mlflow } from './mlflow/mlflow';
import { Models } from './models/models';
import { addAlerts, addMonitoring, type Watched } from './monitoring';
import { Namespaces } from './namespaces/namespaces';
import { NfsProvisioner } from './nfs-provisioner/nfs-provisioner';
import { Prefect } from './prefect/server';
import { PrefectAgent } from './prefect/agent';
import { PrefectFlows } from './prefect/flows';
import type { DatabaseConnection } from './postgresql/postgresql';
import { brokers, databases, ingressGateway, objectStore, type Databases, type ObjectStore } from './providers';
import { Retraining } from './retraining/retraining';
import { Seldon } from './seldon/seldon';
import { SeldonGateway } from './seldon/gateway';
import { siteOf, type Site } from './site';
import { isStreamed, Topics } from './kafka/topics';

/** Programs that run in the cluster, as one file each. */
export interface Programs {
  readonly credentials: string;
  readonly prefectBootstrap: string;
  readonly retraining: string;
}

/** Puts every service that the config asks for into the app. No input but its arguments, and no output but the app. */
export function buildPlatform(app: App, config: PlatformConfig, programs: Programs): void {
  const site = siteOf(app, config);
  addVolumes(site);
  const store = objectStore(site);
  const database = databases(site);
  const kafka = brokers(site);
  const mlflow = addTracking(site, database, store);
  const prefect = addPipelines(site, programs, { database: database.prefect, store, mlflow, kafka });
  const rules = addMonitoring(site, {
    ...addServing(site, store, kafka, mlflow),
    mlflow: mlflow?.metrics,
    minio: store?.metrics,
    prefect: prefect?.server.api,
    receivers: prefect?.receivers ?? [],
    kafka: config.services.kafka !== false && config.services.kafka.external === undefined ? kafka : undefined,
    databases: [database.server, prefect?.server.databaseServer].filter((server) => server !== undefined),
    drift: addDriftDetection(site, store, kafka, mlflow),
  });
  addCredentials(site, programs);
  addAlerts(site, rules);
  addNamespaces(site);
}

function addVolumes({ app, config, cluster, namespaces }: Site): void {
  const { nfs } = config.cluster;
  if (nfs === undefined) return;
  // A pod that mounts an nfs volume passes no stricter level.
  const namespace = namespaces.get('storage', 'baseline');
  new NfsProvisioner(app, 'nfs-provisioner', { cluster, namespace, size: config.sizes.nfsProvisioner, ...nfs });
}

function addTracking(site: Site, { mlflow: database }: Databases, store: ObjectStore | undefined): Mlflow | undefined {
  const { app, config, cluster, namespaces } = site;
  const { mlflow } = config.services;
  if (mlflow === false || database === undefined || store === undefined) return undefined;
  return new Mlflow(app, 'mlflow', {
    cluster,
    namespace: namespaces.get('mlflow'),
    size: config.sizes.mlflow,
    expose: mlflow.expose,
    database,
    artifacts: store.accessOf('mlflow'),
    bucket: 'mlflow',
  });
}

/** What flows work with. */
interface PipelineNeighbours {
  readonly database?: DatabaseConnection;
  readonly store?: ObjectStore;
  readonly mlflow?: Mlflow;
  readonly kafka?: KafkaConnection;
}

interface Pipelines {
  readonly server: Prefect;
  /** What Alertmanager tells of alerts. */
  readonly receivers: readonly Recipient[];
}

function addPipelines(site: Site, programs: Programs, neighbours: PipelineNeighbours): Pipelines | undefined {
  const { app, config, cluster, namespaces } = site;
  const { prefect } = config.services;
  if (prefect === false) return undefined;
  const { expose, workPool, limits } = prefect;
  const { sizes } = config;
  const { database, store, kafka } = neighbours;
  const mlflow = neighbours.mlflow?.endpoint;
  // Flow runs are here too, and blocks of a user's own make pods without a security context.
  const namespace = namespaces.get('prefect', 'baseline');
  const server = new Prefect(app, 'prefect', { cluster, namespace, sizes, expose, database });
  const { api } = server;
  const flows = { mlflow, kafka, storage: store?.accessOf('prefect') };
  const size = sizes.prefectAgent;
  new PrefectAgent(app, 'prefect-agent', { cluster, namespace, size, api, workPool, flows });
  new PrefectFlows(app, 'prefect-flows', {
    ...{ cluster, namespace, size, api, workPool, limits, flows },
    flowSize: sizes.flowRun,
    program: programs.prefectBootstrap,
  });
  const models = config.models.filter(({ retrain }) => retrain !== undefined);
  if (models.length === 0) return { server, receivers: [] };
  const program = programs.retraining;
  const { receiver } = new Retraining(app, 'retraining', { cluster, namespace, models, api, program });
  return { server, receivers: [receiver] };
}

function addServing(
  site: Site,
  store: ObjectStore | undefined,
  kafka: KafkaConnection | undefined,
  mlflow: Mlflow | undefined,
): Pick<Watched, 'istio' | 'seldon'> {
  const { app, config, cluster, namespaces } = site;
  const gateway = ingressGateway(site);
  if (config.services.seldon === false || gateway === undefined) return { istio: gateway?.metrics };
  const { reference } = new SeldonGateway(app, 'seldon-gateway', { ingressGateway: gateway.ingress });
  const seldon = new Seldon(app, 'seldon', {
    cluster,
    namespace: namespaces.get('seldon', cluster.charts.podSecurity('seldon')),
    sizes: config.sizes,
    gateway: reference,
  });
  if (store !== undefined && config.models.length > 0) {
    // Seldon replaces the security context of the pods that it makes: they cannot pass the restricted level.
    const namespace = namespaces.get('models', 'baseline');
    const { models, sizes } = config;
    new Models(app, 'models', { cluster, namespace, sizes, models, store: store.accessOf('models'), kafka, mlflow });
    const streamed = models.filter(isStreamed);
    if (kafka !== undefined && streamed.length > 0) {
      new Topics(app, 'topics', { cluster, namespace, models: streamed, kafka });
    }
  }
  return { istio: gateway.metrics, seldon: seldon.metrics };
}

function addDriftDetection(
  { app, config, cluster, namespaces }: Site,
  store: ObjectStore | undefined,
  kafka: KafkaConnection | undefined,
  mlflow: Mlflow | undefined,
): boolean {
  const models = config.models.filter((model) => model.drift !== undefined);
  if (config.services.drift === false || models.length === 0) return false;
  if (store === undefined || kafka === undefined || mlflow === undefined) return false;
  new DriftDetectors(app, 'drift', {
    cluster,
    namespace: namespaces.get('drift'),
    size: config.sizes.driftDetector,
    models,
    kafka,
    mlflow: mlflow.endpoint,
    store: store.accessOf('drift'),
  });
  return true;
}

/** What every service waits for, made last: only now it is known what the others need. */
function addCredentials({ app, config, cluster, namespaces }: Site, programs: Programs): void {
  if (config.secrets.mode !== 'generated') return;
  const secrets = Credential.allIn(app).map((credential) => credential.spec);
  if (secrets.length === 0) return;
  const namespace = namespaces.get('credentials');
  new Credentials(app, 'credentials', { cluster, namespace, secrets, program: programs.credentials });
}

function addNamespaces({ app, namespaces }: Site): void {
  new Namespaces(app, 'namespaces', { namespaces: namespaces.levels });
}
