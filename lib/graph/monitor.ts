import { Construct } from 'constructs';
import type { ValueSpec } from './secret-spec';

/** Metrics that a service publishes: what a Prometheus needs to know to scrape them. */
export interface MonitorTarget {
  /** Name of the monitor object. */
  readonly name: string;
  /** Whether the labels are those of a Service or of the pods themselves. */
  readonly select: 'service' | 'pods';
  readonly labels: Readonly<Record<string, string>>;
  /** @default every namespace */
  readonly namespace?: string;
  /** Name of the port. */
  readonly port: string;
  readonly path: string;
  /** Labels of the pod that every series gets: name of the label there → key of the pod's label. @default none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Bearer token that opens the metrics. @default they are open */
  readonly token?: ValueSpec;
}

/** Declares metrics that a Prometheus scrapes, where there is one. Makes no object by itself. */
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

/** An address that is asked from outside, because its service publishes no metrics or none about this. */
export interface ProbeTarget {
  /** Name of the probe, and of the job in its series. */
  readonly name: string;
  /** Answers GET with a status of 200 to 299 while all is well. */
  readonly url: string;
}

/** Declares an address that is asked, where there is something to ask it. Makes no object by itself. */
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
