import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Endpoint } from './endpoint';

export interface ConnectionProps {
  /** Name of the Deployment, StatefulSet, DaemonSet or Job that connects. */
  readonly workload: string;
  readonly endpoint: Endpoint;
  /** What for, in a few words: shown to people. */
  readonly purpose: string;
}

/** A declared use of an endpoint by a workload. Makes no object; checks and pictures are derived from it. */
export class Connection extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly props: ConnectionProps,
  ) {
    super(scope, id);
  }

  static allIn(scope: Construct): Connection[] {
    return scope.node.findAll().filter((node) => node instanceof Connection);
  }

  /** Namespace of the workload. */
  get namespace(): string | undefined {
    return Chart.of(this).namespace;
  }
}
