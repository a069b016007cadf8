import { Construct } from 'constructs';
import type { ValueSpec } from './secret-spec';

/** Metrics of a service, as a Prometheus needs to know them. */
export interface MonitorTarget {
  /** Name of the monitor object. */
  readonly name: string;
  /** Whether the labels select a Service or pods. */
  readonly select: 'service' | 'pods';
  readonly labels: Readonly<Record<string, string>>;
  /** @default every namespace */
  readonly namespace?: string;
  /** Name of the port. */
  readonly port: string;
  readonly path: string;
  /** Pod labels to copy to every series: label of the series → key of the pod's label. @default none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Bearer token for the metrics. @default none */
  readonly token?: ValueSpec;
}

/** Declares metrics, for a Prometheus where there is one. Creates no object by itself. */
export class Monitored extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly target: MonitorTarget,
  ) {
    super(scope, id);
  }

  static allIn(scope: Construct): Monitored[] {
    return scope.node.findAll().filter((node) => node instanceof Monitored);
  }
}

/** An address to probe, for a service that exports no metrics, or none about its reachability. */
export interface ProbeTarget {
  /** Name of the probe, and the job label of its series. */
  readonly name: string;
  /** Answers GET with a status from 200 to 299 while all is well. */
  readonly url: string;
}

/** Declares an address to probe, for a blackbox exporter where there is one. Creates no object by itself. */
export class Probed extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly target: ProbeTarget,
  ) {
    super(scope, id);
  }

  static allIn(scope: Construct): Probed[] {
    return scope.node.findAll().filter((node) => node instanceof Probed);
  }
}
