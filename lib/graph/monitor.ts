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

/** An address that is asked from outside, because its service publishes no metrics or none about this. */
export interface ProbeTarget {
  /** Name of the probe, and of the job in its series. */
  readonly name: string;
  /** Answers GET with a status of 200 to 299 while all is well. */
  readonly url: string;
}
