import { Chart, type App } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  Connection,
  nameOfSubject,
  nameOfTarget,
  type ConnectionProps,
  type Subject,
  type Target,
  type WorkloadPods,
} from './connection';
import { Offered } from './offered';

/** The number in front of an output file: objects of a wave depend on earlier waves only. */
export enum Wave {
  Namespaces = 0,
  /** Before any pod starts. */
  NetworkPolicies = 5,
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
  /** Namespace of every object that names none. @default none, for charts of cluster-scoped objects */
  readonly namespace?: string;
  /** Further namespaces in which it has objects. @default none */
  readonly otherNamespaces?: readonly string[];
}

/** A service of the platform, and a file of the output: `NN-<id>.yaml`. */
export class ServiceChart extends Chart {
  readonly wave: Wave;
  /** Every namespace in which it has objects. */
  readonly namespaces: readonly string[];

  constructor(scope: Construct, id: string, props: ServiceChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    this.wave = props.wave;
    this.namespaces = [...(props.namespace === undefined ? [] : [props.namespace]), ...(props.otherNamespaces ?? [])];
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
    return fileNameOf(this.wave, this.node.id);
  }

  /**
   * Declares that somebody connects to something.
   *
   * @param subject a workload of this chart as `Deployment/web`, or anybody else
   */
  protected uses(
    subject: WorkloadName | Subject,
    target: Target,
    purpose: string,
    rest: Pick<ConnectionProps, 'later'> = {},
  ): void {
    const from = isWorkloadName(subject) ? this.podsOf(subject) : subject;
    const id = `${nameOfSubject(from)} → ${nameOfTarget(target)}`.replaceAll('/', '.');
    if (this.node.tryFindChild(id) !== undefined) return;
    new Connection(this, id, { from, to: target, purpose, ...rest });
  }

  /** Declares what a client of the user may use, where the config lets one in to this service. */
  protected offers(service: string, target: Target): void {
    new Offered(this, `offered ${nameOfTarget(target)}`.replaceAll('/', '.'), service, target);
  }

  /** The pods of a workload of this chart. */
  protected podsOf(workload: WorkloadName): WorkloadPods {
    const [kind = '', name = ''] = workload.split('/');
    const { namespace } = this;
    if (namespace === undefined) throw new Error(`${this.node.path}: ${workload} needs a chart with a namespace`);
    return { kind, namespace, name };
  }
}

/** Name of a file of the output. */
export const fileNameOf = (wave: Wave, id: string): string => `${String(wave).padStart(2, '0')}-${id}.yaml`;

/** Kind and name; of a Job, the name without the digest at its end. */
export type WorkloadName = `${string}/${string}`;

const isWorkloadName = (subject: WorkloadName | Subject): subject is WorkloadName =>
  typeof subject === 'string' && subject.includes('/');
