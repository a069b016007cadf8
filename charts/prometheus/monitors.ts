import type { App } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import {
  PodMonitor,
  PodMonitorSpecPodMetricsEndpointsRelabelingsAction as PodAction,
  Probe,
  ServiceMonitor,
  ServiceMonitorSpecEndpointsRelabelingsAction as ServiceAction,
} from '../../imports/monitoring.coreos.com';
import { AlertRules } from '../../lib/graph/alert';
import { Credential } from '../../lib/graph/credential';
import type { Endpoint } from '../../lib/graph/endpoint';
import { Exposed } from '../../lib/graph/exposure';
import { Monitored, Probed, type MonitorTarget, type ProbeTarget } from '../../lib/graph/monitor';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { certificateRules } from './alerts';

export interface MonitorsProps {
  readonly namespace: string;
  /** The blackbox exporter, which probes services without metrics. @default no probes */
  readonly prober?: Endpoint;
  /** Labels by which an external Prometheus selects monitors. @default none; the platform's own selects all */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The monitors and probes by which Prometheus finds the metrics of the platform's services and models. */
export class Monitors extends ServiceChart {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitorsProps,
  ) {
    super(scope, id, { wave: Wave.Consumers, namespace: props.namespace });
    new AlertRules(this, 'certificates', ({ app }) =>
      props.prober === undefined ? [] : certificateRules(certificateProbes(app).map(({ name }) => name)),
    );
  }

  override complete(app: App): void {
    const { labels, prober } = this.props;
    for (const { target } of Monitored.allIn(app)) this.addMonitor(target, labels);
    if (prober === undefined) return;
    const probes = [...Probed.allIn(app).map(({ target }) => target), ...certificateProbes(app)];
    this.addProbes(probes, prober, labels);
  }

  private addMonitor(target: MonitorTarget, labels: MonitorsProps['labels']): void {
    const metadata = { name: target.name, labels: { ...labels } };
    const common = {
      selector: { matchLabels: { ...target.labels } },
      namespaceSelector: target.namespace === undefined ? { any: true } : { matchNames: [target.namespace] },
    };
    const { port, path } = target;
    const endpoint = { port, path, authorization: this.authorization(target) };
    if (target.select === 'pods') {
      const podMetricsEndpoints = [{ ...endpoint, relabelings: relabelings(target, PodAction.REPLACE) }];
      new PodMonitor(this, target.name, { metadata, spec: { ...common, podMetricsEndpoints } });
    } else {
      const endpoints = [{ ...endpoint, relabelings: relabelings(target, ServiceAction.REPLACE) }];
      new ServiceMonitor(this, target.name, { metadata, spec: { ...common, endpoints } });
    }
  }

  /** The operator may read Secrets only in its own namespace, so the token is copied there. */
  private authorization({ name, token }: MonitorTarget): { credentials: { name: string; key: string } } | undefined {
    if (token === undefined) return undefined;
    const { secretName } = new Credential(this, `${name}-token`, { name: `${name}-metrics`, keys: { token } });
    return { credentials: { name: secretName, key: 'token' } };
  }

  private addProbes(probes: readonly ProbeTarget[], prober: Endpoint, labels?: Readonly<Record<string, string>>): void {
    for (const { name, url } of probes) {
      new Probe(this, `probe-${name}`, {
        metadata: { name, labels: { ...labels } },
        spec: {
          jobName: name,
          prober: { url: prober.authority },
          // Both sources of the Helm chart have this module.
          module: 'http_2xx',
          targets: { staticConfig: { static: [url] } },
        },
      });
    }
  }
}

/** Every address that is reached over TLS, unless it asks the prober for a certificate. */
const certificateProbes = (app: IConstruct): ProbeTarget[] =>
  Exposed.allIn(app).flatMap(({ name, endpoint, showsCertificate }) =>
    endpoint !== undefined && showsCertificate ? [{ name, url: endpoint.url('/') }] : [],
  );

/** Adds the default action that the API server fills in; without it kubectl would report a change. */
function relabelings<Action>(
  { podLabels }: MonitorTarget,
  action: Action,
): { sourceLabels: string[]; targetLabel: string; action: Action }[] | undefined {
  if (podLabels === undefined) return undefined;
  return Object.entries(podLabels).map(([targetLabel, key]) => ({
    sourceLabels: [`__meta_kubernetes_pod_label_${key.replace(/[^A-Za-z0-9_]/g, '_')}`],
    targetLabel,
    action,
  }));
}
