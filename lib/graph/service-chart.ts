import { Chart, type App } from 'cdk8s';
import type { Construct } from 'constructs';
import { Connection } from './connection';
import type { Endpoint } from './endpoint';

/** What must exist before what: the number in front of an output file. */
export enum Wave {
  Namespaces = 0,
  Crds = 10,
  Credentials = 20,
  Storage = 25,
  Operators = 30,
  Data = 40,
  Applications = 50,
  /** What uses operators and applications: models, monitors, detectors and agents. */
  Consumers = 60,
}

export interface ServiceChartProps {
  readonly wave: Wave;
  /** Namespace of every namespaced object. @default none: for charts of cluster-scoped objects */
  readonly namespace?: string;
}

/** One service of the platform and one file of the output: `NN-<id>.yaml`. */
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
   * Adds what follows from the declarations of the other charts. Called once the tree has all of them, from the last wave
   * to the first: whatever serves others sees what those that use it have declared, in whatever order they were added.
   */
  complete(_app: App): void {
    // Most charts are complete when they are made.
  }

  /** Completes every chart of the app. */
  static completeAll(app: App): void {
    for (const chart of ServiceChart.allIn(app).reverse()) chart.complete(app);
  }

  get fileName(): string {
    return `${String(this.wave).padStart(2, '0')}-${this.node.id}.yaml`;
  }

  /** Declares that a workload of this service talks to an endpoint. */
  protected uses(workload: string, endpoint: Endpoint, purpose: string): void {
    new Connection(this, `connection-${workload}-${endpoint.authority}`, { workload, endpoint, purpose });
  }
}
