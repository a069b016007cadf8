import { Endpoint } from '../lib/graph/endpoint';
import { publicEndpoint } from '../lib/graph/exposure';
import type { MonitorTarget, ProbeTarget } from '../lib/graph/monitor';
import { httpExposures } from '../lib/config/rules/addresses';
import type { Recipient } from './prometheus/alertmanager';
import { Alerts } from './prometheus/alert-rules';
import { certificateRules, clusterRules, monitoringRules } from './prometheus/alerts';
import { driftRules } from './drift/alerts';
import { modelRules } from './models/alerts';
import type { RuleGroup } from '../lib/graph/alert';
import {
  istioRules,
  kafkaRules,
  minioRules,
  mlflowRules,
  postgresqlRules,
  prefectRules,
  seldonRules,
} from './alerts/services';
import { driftDashboard, modelDashboard } from './models/dashboard';
import { platformDashboard } from './grafana/platform-dashboard';
import { DriftDetectors } from './drift/drift';
import { Grafana } from './grafana/grafana';
import type { KafkaConnection } from './kafka/kafka';
import { KafkaExporter } from './kafka/exporter';
import { Models } from './models/models';
import { Monitors } from './prometheus/monitors';
import type { DatabaseServer } from './postgresql/postgresql';
import { PostgresqlExporter } from './postgresql/exporter';
import { Prometheus } from './prometheus/prometheus';
import type { Site } from './site';

/** What the platform installed, as far as it can be watched; undefined is what it did not install. */
export interface Watched {
  readonly mlflow?: MonitorTarget;
  readonly minio?: MonitorTarget;
  readonly istio?: MonitorTarget;
  readonly seldon?: MonitorTarget;
  /** Prefect's API. */
  readonly prefect?: Endpoint;
  readonly kafka?: KafkaConnection;
  readonly databases: readonly DatabaseServer[];
  readonly drift: boolean;
  /** Programs of the platform that act on alerts. */
  readonly receivers: readonly Recipient[];
}

/** Prometheus or a connection to your own, the exporters, and what is scraped. Gives the rules that this makes possible. */
export function addMonitoring(site: Site, watched: Watched): RuleGroup[] {
  const { app, config, cluster, namespaces } = site;
  const { prometheus } = config.services;
  if (prometheus === false) return [];
  // node-exporter reads the /proc and /sys of its node, which only the privileged level allows.
  const namespace = namespaces.get('prometheus', prometheus.external === undefined ? 'privileged' : 'restricted');
  const installed =
    prometheus.external === undefined
      ? new Prometheus(app, 'prometheus', {
          ...{ cluster, namespace, sizes: config.sizes },
          ...{ ...prometheus, receivers: [...prometheus.receivers, ...watched.receivers] },
        })
      : undefined;
  const { mlflow, minio, istio, seldon, prefect } = watched;
  const exporters = addExporters(site, watched);
  const certificates = certificateProbes(site);
  new Monitors(app, 'monitors', {
    namespace,
    targets: [
      ...[mlflow, minio, istio, seldon].filter((target) => target !== undefined),
      ...(seldon === undefined ? [] : [Models.metrics]),
      ...(watched.drift ? [DriftDetectors.metrics] : []),
      ...exporters.databases,
      ...(exporters.kafka === undefined ? [] : [exporters.kafka]),
    ],
    probes: [...(prefect === undefined ? [] : [{ name: 'prefect', url: prefect.url('/health') }]), ...certificates],
    prober: installed?.prober,
    labels: prometheus.external?.monitorLabels,
  });

  const endpoint = prometheus.external === undefined ? installed?.endpoint : Endpoint.ofUrl(prometheus.external.url);
  if (endpoint !== undefined) addGrafana(site, watched, endpoint, exporters.databases.length > 0);

  const served = seldon !== undefined && config.models.length > 0;
  const models = served ? namespaces.get('models', 'baseline') : undefined;
  const at = (job: string, target: MonitorTarget) => ({ job, namespace: target.namespace ?? namespace });
  return [
    ...(models === undefined ? [] : modelRules(models, config.models)),
    ...(models === undefined || !watched.drift ? [] : driftRules(namespaces.get('drift'), models)),
    ...(mlflow === undefined ? [] : mlflowRules(at('mlflow-tracking-server', mlflow))),
    ...(minio === undefined ? [] : minioRules(at(minio.name, minio))),
    ...(istio === undefined ? [] : istioRules(at(istio.name, istio))),
    ...(seldon === undefined ? [] : seldonRules(at(`${namespace}/${seldon.name}`, seldon))),
    ...(exporters.kafka === undefined
      ? []
      : kafkaRules(at(exporters.kafka.name, exporters.kafka), config.sizes.kafka.replicas)),
    ...postgresqlRules(exporters.databases.map((target) => at(target.name, target))),
    ...(prefect === undefined || installed === undefined ? [] : prefectRules('prefect')),
    ...(certificates.length === 0 || installed === undefined
      ? []
      : certificateRules(certificates.map(({ name }) => name))),
    ...(installed === undefined ? [] : monitoringRules(namespace)),
  ];
}

/** Grafana, where the config asks for it. */
function addGrafana(site: Site, watched: Watched, prometheus: Endpoint, databases: boolean): void {
  const { app, config, cluster, namespaces } = site;
  const { grafana } = config.services;
  if (grafana === false) return;
  const namespace = namespaces.get('grafana');
  const models = watched.seldon !== undefined && config.models.length > 0;
  const parts = {
    namespaces: [...namespaces.levels.keys()].sort(),
    models,
    mlflow: watched.mlflow !== undefined,
    minio: watched.minio !== undefined,
    kafka: watched.kafka !== undefined,
    databases,
  };
  new Grafana(app, 'grafana', {
    cluster,
    namespace,
    size: config.sizes.grafana,
    expose: grafana.expose,
    prometheus,
    dashboards: [
      platformDashboard(parts),
      ...(models ? [modelDashboard(namespaces.get('models', 'baseline'))] : []),
      ...(watched.drift ? [driftDashboard(namespaces.get('drift'))] : []),
    ],
  });
}

/** The rules of all services, and those about every namespace of the platform: all of these must be known by now. */
export function addAlerts({ app, config, namespaces }: Site, groups: readonly RuleGroup[]): void {
  const { prometheus } = config.services;
  if (prometheus === false) return;
  const names = [...namespaces.levels.keys()].sort();
  const modelNamespace = config.models.length > 0 ? namespaces.get('models', 'baseline') : undefined;
  new Alerts(app, 'alerts', {
    namespace: namespaces.get('prometheus'),
    groups: [...groups, ...clusterRules({ namespaces: names, modelNamespace })],
    labels: prometheus.external?.monitorLabels,
  });
}

interface Exporters {
  readonly kafka?: MonitorTarget;
  readonly databases: readonly MonitorTarget[];
}

function addExporters({ app, config, cluster, namespaces }: Site, { kafka, databases }: Watched): Exporters {
  return {
    databases: databases.map(
      (server) =>
        new PostgresqlExporter(app, `${server.name}-exporter`, {
          cluster,
          size: config.sizes.postgresqlExporter,
          server,
        }).metrics,
    ),
    kafka:
      kafka === undefined
        ? undefined
        : new KafkaExporter(app, 'kafka-exporter', {
            cluster,
            namespace: namespaces.get('kafka'),
            size: config.sizes.kafkaExporter,
            kafka,
          }).metrics,
  };
}

/** Every address that is reached over TLS. */
const certificateProbes = ({ config }: Site): ProbeTarget[] =>
  httpExposures(config).flatMap(({ path, expose }) => {
    const endpoint = publicEndpoint(expose, config.cluster.externalHost, 443);
    return endpoint?.scheme === 'https' ? [{ name: path.slice(1).join('-'), url: endpoint.url('/') }] : [];
  });
