import type { Construct } from 'constructs';
import {
  PodMonitor,
  PodMonitorSpecPodMetricsEndpointsRelabelingsAction as PodAction,
  Probe,
  ServiceMonitor,
  ServiceMonitorSpecEndpointsRelabelingsAction as ServiceAction,
} from '../../imports/monitoring.coreos.com';
import { Credential } from '../../lib/graph/credential';
import type { Endpoint } from '../../lib/graph/endpoint';
import type { MonitorTarget, ProbeTarget } from '../../lib/graph/monitor';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';

export interface MonitorsProps {
  readonly namespace: string;
  /** What the services of the platform publish. */
  readonly targets: readonly MonitorTarget[];
  /** What has no metrics of its own, and is asked instead. */
  readonly probes: readonly ProbeTarget[];
  /** The blackbox exporter that asks. @default nothing is asked */
  readonly prober?: Endpoint;
  /** Labels that a Prometheus of your own selects monitors by. @default none, which ours does not need */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Tells Prometheus where the platform's own services and the models publish their metrics. */
export class Monitors extends ServiceChart {
  constructor(scope: Construct, id: string, props: MonitorsProps) {
    super(scope, id, { wave: Wave.Consumers, namespace: props.namespace });
    for (const target of props.targets) {
      const metadata = { name: target.name, labels: { ...props.labels } };
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
    if (props.prober !== undefined) this.addProbes(props.probes, props.prober, props.labels);
  }

  /** The operator may read Secrets of its own namespace only, so the token is made here. */
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
          // A module of both sources of the Helm chart.
          module: 'http_2xx',
          targets: { staticConfig: { static: [url] } },
        },
      });
    }
  }
}

/** With the action that the API server would fill in, which kubectl would take for a change. */
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
