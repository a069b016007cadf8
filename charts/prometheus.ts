import type { Construct } from 'constructs';
import type { HttpExposure } from '../lib/config/schema';
import type { Sizes } from '../lib/config/sizes';
import { toJson_KubeprometheusValues, type KubeprometheusValues } from '../imports/kube-prometheus';
import { HelmRelease } from '../lib/helm/release';
import { helmValues, type Values } from '../lib/helm/values';
import { Endpoint } from '../lib/wiring/endpoint';
import { addIngress, publicEndpoint, serviceSettings, type ServiceSettings } from '../lib/wiring/exposure';
import { resourceValues } from '../lib/wiring/pods';
import { ServiceChart, Wave } from '../lib/wiring/service-chart';
import { addAlerting, type Recipient } from './alerting';
import type { ClusterContext } from './context';
import type { ImageName } from './versions';

export interface PrometheusProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<
    Sizes,
    'prometheus' | 'prometheusOperator' | 'alertmanager' | 'nodeExporter' | 'kubeStateMetrics' | 'blackboxExporter'
  >;
  readonly expose: HttpExposure;
  readonly alertmanager: HttpExposure;
  /** How long samples are kept, such as `10d`. */
  readonly retention: string;
  /** Who gets alerts. */
  readonly receivers: readonly Recipient[];
}

const releaseName = 'prometheus';
const prometheusService = `${releaseName}-kube-prometheus-prometheus`;
const alertmanagerService = `${releaseName}-kube-prometheus-alertmanager`;

/** The Prometheus operator with Prometheus, Alertmanager and the exporters of nodes and cluster state. */
export class Prometheus extends ServiceChart {
  readonly endpoint: Endpoint;
  /** The blackbox exporter, which asks for what has no metrics. */
  readonly prober: Endpoint;

  constructor(scope: Construct, id: string, props: PrometheusProps) {
    const { cluster, namespace } = props;
    super(scope, id, { wave: Wave.Operators, namespace });
    const alerting = props.receivers.length === 0 ? undefined : addAlerting(this, props.receivers);
    new HelmRelease(this, 'release', {
      ...cluster.charts.release(
        'kubePrometheus',
        helmValues(toJson_KubeprometheusValues, prometheusValues(props, alerting)),
      ),
      releaseName,
    });
    addIngress(this, 'ingress', props.expose, prometheusService, 9090);
    addIngress(this, 'alertmanager-ingress', props.alertmanager, alertmanagerService, 9093);
    const endpoint = (name: string, port: number): Endpoint =>
      Endpoint.ofService({ name, namespace, domain: cluster.domain, port, scheme: 'http' });
    this.endpoint = endpoint(prometheusService, 9090);
    this.prober = endpoint(`${releaseName}-kube-prometheus-blackbox-exporter`, 19115);
  }
}

function prometheusValues(props: PrometheusProps, alerting: string | undefined): Values<KubeprometheusValues> {
  const { cluster, sizes, expose, alertmanager, retention } = props;
  const { images, storageClass, externalHost } = cluster;
  const image = (name: ImageName): object => ({ ...images.get(name), pullSecrets: images.pullSecrets });
  const persistence = (size: { disk?: string }): object => ({ enabled: true, size: size.disk, storageClass });
  return {
    operator: {
      image: image('prometheusOperator'),
      prometheusConfigReloader: { image: image('prometheusConfigReloader') },
      resources: resourceValues(sizes.prometheusOperator),
    },
    prometheus: {
      image: image('prometheus'),
      replicaCount: sizes.prometheus.replicas,
      retention,
      // Prometheus deletes its oldest blocks before the volume is full; the rest is for the write-ahead log.
      retentionSize: eightyPercent(sizes.prometheus.disk ?? '0Gi'),
      resources: resourceValues(sizes.prometheus),
      persistence: persistence(sizes.prometheus),
      externalUrl: publicEndpoint(expose, externalHost, 9090)?.url('/'),
      service: serviceValues(serviceSettings(expose)),
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
    nodeExporter: { image: image('nodeExporter'), resources: resourceValues(sizes.nodeExporter) },
    kubeStateMetrics: { image: image('kubeStateMetrics'), resources: resourceValues(sizes.kubeStateMetrics) },
    // These publish their metrics on ports that current control planes no longer open, or only to themselves.
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
