import type { Construct } from 'constructs';
import type { App } from 'cdk8s';
import type { HttpExposure } from '../../lib/config/sections/exposure';
import { AlertReceiver } from '../../lib/graph/alert-receiver';
import { AlertRules } from '../../lib/graph/alert';
import { toJson_KubeprometheusValues, type KubeprometheusValues } from '../../imports/kube-prometheus';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues, type Values } from '../../lib/helm/values';
import { nameOfTarget } from '../../lib/graph/connection';
import { Endpoint } from '../../lib/graph/endpoint';
import { Exposed, publicEndpoint, serviceSettings, type ServiceSettings } from '../../lib/graph/exposure';
import { platformLabel } from '../../lib/kubernetes/labels';
import { resourceValues } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ImageName, Sizes } from '../config';
import type { ClusterContext, PlatformContext } from '../context';
import { Alerts } from './alert-rules';
import { addAlerting, recipientOf, targetOf } from './alertmanager';
import { monitoringRules } from './alerts';
import { Monitors } from './monitors';
import type { Receiver } from './receivers';

export interface PrometheusProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  /** Of node-exporter, whose pods need the privileged level. */
  readonly nodeNamespace: string;
  readonly sizes: Pick<
    Sizes,
    'prometheus' | 'prometheusOperator' | 'alertmanager' | 'nodeExporter' | 'kubeStateMetrics' | 'blackboxExporter'
  >;
  readonly expose: HttpExposure;
  readonly alertmanager: HttpExposure;
  /** How long samples are kept, such as `10d`. */
  readonly retention: string;
  /** Receivers of the config. Programs of the platform that act on alerts are added to them. */
  readonly receivers: readonly Receiver[];
}

/** Adds the platform's Prometheus, or uses the user's, with monitors and rules. Returns the address for queries. */
export function addPrometheus(platform: PlatformContext): Endpoint | undefined {
  const { app, config, cluster, namespaces } = platform;
  const { prometheus } = config.services;
  if (prometheus === false) return undefined;
  const { external } = prometheus;
  const namespace = namespaces.get(
    'prometheus',
    external === undefined ? cluster.charts.podSecurity('prometheus') : undefined,
  );
  const installed = external === undefined ? install(platform, namespace, prometheus) : undefined;
  const labels = external?.monitorLabels;
  new Monitors(app, 'monitors', { namespace, prober: installed?.prober, labels });
  const modelNamespace = config.models.length > 0 ? namespaces.get('models', 'baseline') : undefined;
  const probing = installed !== undefined;
  new Alerts(app, 'alerts', { namespace, namespaces: namespaces.levels, modelNamespace, probing, labels });
  return external === undefined ? installed?.endpoint : Endpoint.ofUrl(external.url);
}

function install(
  { app, config, cluster, namespaces }: PlatformContext,
  namespace: string,
  settings: Pick<PrometheusProps, 'expose' | 'alertmanager' | 'retention' | 'receivers'>,
): Prometheus {
  // node-exporter reads /proc and /sys of its node, which only the privileged level allows.
  const nodeNamespace = namespaces.get('nodes', 'privileged');
  return new Prometheus(app, 'prometheus', { cluster, namespace, nodeNamespace, sizes: config.sizes, ...settings });
}

const releaseName = 'prometheus';
const prometheusService = `${releaseName}-kube-prometheus-prometheus`;
const alertmanagerService = `${releaseName}-kube-prometheus-alertmanager`;

/** The Prometheus operator with Prometheus, Alertmanager and the exporters of nodes and cluster state. */
export class Prometheus extends ServiceChart {
  readonly endpoint: Endpoint;
  /** The blackbox exporter, which probes services without metrics. */
  readonly prober: Endpoint;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PrometheusProps,
  ) {
    const { cluster, namespace, nodeNamespace } = props;
    super(scope, id, { wave: Wave.Operators, namespace, otherNamespaces: [nodeNamespace] });
    const { externalHost } = cluster;
    new Exposed(this, 'expose', {
      ...{ title: 'Prometheus', exposure: props.expose, externalHost },
      ...{ service: prometheusService, port: 9090 },
    });
    new Exposed(this, 'alertmanager', {
      ...{ title: 'Alertmanager', exposure: props.alertmanager, externalHost },
      ...{ service: alertmanagerService, port: 9093 },
    });
    new AlertRules(this, 'alerts', () => monitoringRules(namespace));
    const endpoint = (name: string, port: number): Endpoint =>
      Endpoint.ofService({ name, namespace, domain: cluster.domain, port, scheme: 'http' });
    this.endpoint = endpoint(prometheusService, 9090);
    this.offers('prometheus', this.endpoint);
    this.prober = endpoint(`${releaseName}-kube-prometheus-blackbox-exporter`, 19115);
  }

  override complete(app: App): void {
    const receivers = [...this.props.receivers, ...AlertReceiver.allIn(app).map(recipientOf)];
    const alerting = receivers.length === 0 ? undefined : addAlerting(this, receivers);
    // Receivers of the same service share a target.
    const targets = new Map(receivers.map(targetOf).map((target) => [nameOfTarget(target), target]));
    for (const target of targets.values()) {
      this.uses(`Alertmanager/${alertmanagerService}`, target, 'notifications', { later: true });
    }
    const values = helmValues(toJson_KubeprometheusValues, prometheusValues(this.props, alerting));
    const chart = this.props.cluster.charts.release('kubePrometheus', values, originalValues);
    new HelmRelease(this, 'release', { ...chart, releaseName });
  }
}

/** The original chart lets node-exporter see every process of its node, which it does not need to. */
const originalValues = { 'node-exporter': { hostPID: false } };

function prometheusValues(props: PrometheusProps, alerting: string | undefined): Values<KubeprometheusValues> {
  const { cluster, namespace, nodeNamespace, sizes, expose, alertmanager, retention } = props;
  const { images, storageClass, externalHost } = cluster;
  const image = (name: ImageName): object => images.get(name);
  const ownNamespaces = { matchLabels: { [platformLabel]: cluster.platform } };
  const persistence = (size: { disk?: string }): object => ({ enabled: true, size: size.disk, storageClass });
  return {
    operator: {
      image: image('prometheusOperator'),
      prometheusConfigReloader: { image: image('prometheusConfigReloader') },
      resources: resourceValues(sizes.prometheusOperator),
      // Here it may make Services anyway; in kube-system that would be a right over the cluster's own.
      kubeletService: { namespace },
    },
    kubelet: { namespace },
    prometheus: {
      image: image('prometheus'),
      replicaCount: sizes.prometheus.replicas,
      retention,
      // Prometheus deletes its oldest blocks before the volume is full. The rest is for the write-ahead log.
      retentionSize: eightyPercent(sizes.prometheus.disk ?? '0Gi'),
      resources: resourceValues(sizes.prometheus),
      persistence: persistence(sizes.prometheus),
      externalUrl: publicEndpoint(expose, externalHost, 9090)?.url('/'),
      service: serviceValues(serviceSettings(expose)),
      // A service monitor may send the token of Prometheus, which reads metrics of nodes, to an address of its author.
      serviceMonitorNamespaceSelector: ownNamespaces,
      podMonitorNamespaceSelector: ownNamespaces,
      probeNamespaceSelector: ownNamespaces,
      ruleNamespaceSelector: ownNamespaces,
    },
    alertmanager: {
      image: image('alertmanager'),
      replicaCount: sizes.alertmanager.replicas,
      resources: resourceValues(sizes.alertmanager),
      persistence: persistence(sizes.alertmanager),
      externalUrl: publicEndpoint(alertmanager, externalHost, 9093)?.url('/'),
      configuration: alerting === undefined ? undefined : { name: alerting },
      service: serviceValues(serviceSettings(alertmanager)),
    },
    blackboxExporter: { image: image('blackboxExporter'), resources: resourceValues(sizes.blackboxExporter) },
    nodeExporter: {
      namespaceOverride: nodeNamespace,
      image: image('nodeExporter'),
      // On the network of the node, no policy could close its port. The kubelets tell what passes there.
      hostNetwork: false,
      resources: resourceValues(sizes.nodeExporter),
    },
    kubeStateMetrics: { image: image('kubeStateMetrics'), resources: resourceValues(sizes.kubeStateMetrics) },
    // Current control planes no longer open these metrics ports, or bind them to localhost.
    kubeControllerManager: { enabled: false },
    kubeScheduler: { enabled: false },
    kubeProxy: { enabled: false },
  };
}

const serviceValues = ({ type, nodePort, annotations }: ServiceSettings): object => ({
  type,
  annotations,
  nodePorts: nodePort === undefined ? undefined : { http: nodePort },
});

/** Prometheus' sizes are powers of two without the `i`: `16Gi` → `12GB`. */
function eightyPercent(disk: string): string {
  const amount = Number.parseInt(disk, 10);
  const unit = disk.replace(/^\d+/, '').replace('i', '');
  return `${Math.max(1, Math.floor(amount * 0.8))}${unit}B`;
}
