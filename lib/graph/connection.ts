import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Endpoint } from './endpoint';

export interface ConnectionProps {
  /** Name of the Deployment, StatefulSet, DaemonSet or Job that connects. */
  readonly workload: string;
  readonly endpoint: Endpoint;
  /** Purpose in a few words, for people. */
  readonly purpose: string;
}

/** Declares that a workload uses an endpoint. Creates no object; checks and pictures are derived from it. */
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
