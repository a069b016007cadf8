import type { Construct } from 'constructs';
import { PodMonitor, ServiceMonitor } from '../imports/monitoring.coreos.com';
import type { MonitorTarget } from '../lib/wiring/monitor';
import { ServiceChart, Wave } from '../lib/wiring/service-chart';

export interface MonitorsProps {
  readonly namespace: string;
  /** What the services of the platform publish. */
  readonly targets: readonly MonitorTarget[];
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
      const endpoints = [{ port: target.port, path: target.path }];
      if (target.select === 'pods') {
        new PodMonitor(this, target.name, { metadata, spec: { ...common, podMetricsEndpoints: endpoints } });
      } else {
        new ServiceMonitor(this, target.name, { metadata, spec: { ...common, endpoints } });
      }
    }
  }
}
