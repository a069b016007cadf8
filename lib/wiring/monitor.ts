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
}
