import type { App } from 'cdk8s';
import type { PlatformConfig } from '../lib/config/parse';
import type { MonitorTarget } from '../lib/wiring/monitor';
import { Credential } from '../lib/wiring/credential';
import { Credentials } from './credentials';
import { DriftDetectors } from './drift';
import type { KafkaConnection } from './kafka';
import { Mlflow } from './mlflow';
import { Models } from './models';
import { Monitors } from './monitors';
import { Namespaces } from './namespaces';
import { NfsProvisioner } from './nfs-provisioner';
import { Prefect } from './prefect';
import { PrefectAgent } from './prefect-agent';
import { Prometheus } from './prometheus';
import { brokers, databases, ingressGateway, objectStore, type Databases, type ObjectStore } from './providers';
import { Seldon } from './seldon';
import { SeldonGateway } from './seldon-gateway';
import { siteOf, type Site } from './site';
import { isStreamed, Topics } from './topics';

/** Programs that run in the cluster, as one file each. */
export interface Programs {
  readonly credentials: string;
}

/** Puts every service that the config asks for into the app. No input but its arguments, and no output but the app. */
export function buildPlatform(app: App, config: PlatformConfig, programs: Programs): void {
  const site = siteOf(app, config);
  addVolumes(site);
  const store = objectStore(site);
  const database = databases(site);
  const kafka = brokers(site);
  const mlflow = addTracking(site, database, store);
  addPipelines(site, database, store);
  const targets = [
    ...(mlflow === undefined ? [] : [mlflow.metrics]),
    ...addServing(site, store, kafka, mlflow),
    ...addDriftDetection(site, store, kafka, mlflow),
  ];
  addMonitoring(site, targets);
  addFoundations(site, programs);
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
    artifacts: store('mlflow'),
    bucket: 'mlflow',
  });
}

function addPipelines(site: Site, { prefect: database }: Databases, store: ObjectStore | undefined): void {
  const { app, config, cluster, namespaces } = site;
  const { prefect } = config.services;
  if (prefect === false) return;
  const { expose, workPool } = prefect;
  const { sizes } = config;
  // Flow runs are here too: pods that Prefect makes without a security context, of images that start as root.
  const namespace = namespaces.get('prefect', 'baseline');
  const { api } = new Prefect(app, 'prefect', { cluster, namespace, sizes, expose, database });
  const size = sizes.prefectAgent;
  new PrefectAgent(app, 'prefect-agent', { cluster, namespace, size, api, workPool, storage: store?.('prefect') });
}

function addServing(
  site: Site,
  store: ObjectStore | undefined,
  kafka: KafkaConnection | undefined,
  mlflow: Mlflow | undefined,
): MonitorTarget[] {
  const { app, config, cluster, namespaces } = site;
  const gateway = ingressGateway(site);
  if (config.services.seldon === false || gateway === undefined) return [];
  const { reference } = new SeldonGateway(app, 'seldon-gateway', { ingressGateway: gateway });
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
    new Models(app, 'models', { cluster, namespace, sizes, models, store: store('models'), kafka, mlflow });
    const streamed = models.filter(isStreamed);
    if (kafka !== undefined && streamed.length > 0) {
      new Topics(app, 'topics', { cluster, namespace, models: streamed, kafka });
    }
  }
  return [Models.metrics, seldon.metrics];
}

function addDriftDetection(
  { app, config, cluster, namespaces }: Site,
  store: ObjectStore | undefined,
  kafka: KafkaConnection | undefined,
  mlflow: Mlflow | undefined,
): MonitorTarget[] {
  const models = config.models.filter((model) => model.drift !== undefined);
  if (config.services.drift === false || models.length === 0) return [];
  if (store === undefined || kafka === undefined || mlflow === undefined) return [];
  new DriftDetectors(app, 'drift', {
    cluster,
    namespace: namespaces.get('drift'),
    size: config.sizes.driftDetector,
    models,
    kafka,
    mlflow: mlflow.endpoint,
    store: store('drift'),
  });
  return [DriftDetectors.metrics];
}

function addMonitoring({ app, config, cluster, namespaces }: Site, targets: readonly MonitorTarget[]): void {
  const { prometheus } = config.services;
  if (prometheus === false) return;
  // node-exporter reads the /proc and /sys of its node, which only the privileged level allows.
  const namespace = namespaces.get('prometheus', prometheus.external === undefined ? 'privileged' : 'restricted');
  if (prometheus.external === undefined) {
    new Prometheus(app, 'prometheus', { cluster, namespace, sizes: config.sizes, ...prometheus });
  }
  new Monitors(app, 'monitors', { namespace, targets, labels: prometheus.external?.monitorLabels });
}

/** What all the others stand on. Last, because only now it is known what they need. */
function addFoundations({ app, config, cluster, namespaces }: Site, programs: Programs): void {
  if (config.secrets.mode === 'generated') {
    const secrets = Credential.allIn(app).map((credential) => credential.spec);
    if (secrets.length > 0) {
      const namespace = namespaces.get('credentials');
      new Credentials(app, 'credentials', { cluster, namespace, secrets, program: programs.credentials });
    }
  }
  new Namespaces(app, 'namespaces', { namespaces: namespaces.levels });
}
