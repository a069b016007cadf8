import { Chart, type App } from 'cdk8s';
import type { Construct } from 'constructs';
import { Connection } from './connection';
import type { Endpoint } from './endpoint';

/** The number in front of an output file: objects of a wave depend on earlier waves only. */
export enum Wave {
  Namespaces = 0,
  Crds = 10,
  Credentials = 20,
  Storage = 25,
  Operators = 30,
  Data = 40,
  Applications = 50,
  /** Users of operators and applications: models, monitors, detectors and agents. */
  Consumers = 60,
}

export interface ServiceChartProps {
  readonly wave: Wave;
  /** Namespace of every namespaced object. @default none, for charts of cluster-scoped objects */
  readonly namespace?: string;
}

/** A service of the platform, and a file of the output: `NN-<id>.yaml`. */
export class ServiceChart extends Chart {
  readonly wave: Wave;

  constructor(scope: Construct, id: string, props: ServiceChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    this.wave = props.wave;
  }

  /** Every service of the app, in the order in which they are applied. */
  static allIn(app: App): ServiceChart[] {
    const charts = app.node.children.filter((child): child is ServiceChart => child instanceof ServiceChart);
    return charts.sort((a, b) => a.wave - b.wave || (a.node.id < b.node.id ? -1 : 1));
  }

  /**
   * Adds objects that depend on the declarations of other charts. Called once the tree is complete, from the last wave
   * to the first, so that a chart sees the declarations of all charts that use it, whatever their order in the tree.
   */
  complete(_app: App): void {
    // Most charts are complete after their constructor.
  }

  /** Completes every chart of the app. */
  static completeAll(app: App): void {
    for (const chart of ServiceChart.allIn(app).reverse()) chart.complete(app);
  }

  get fileName(): string {
    return `${String(this.wave).padStart(2, '0')}-${this.node.id}.yaml`;
  }

  /** Declares that a workload of this service connects to an endpoint. */
  protected uses(workload: string, endpoint: Endpoint, purpose: string): void {
    new Connection(this, `connection-${workload}-${endpoint.authority}`, { workload, endpoint, purpose });
  }
}
