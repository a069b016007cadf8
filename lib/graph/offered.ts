import { Construct } from 'constructs';
import type { Target } from './connection';

/** Declares what pods of other namespaces may use, if the config names them as clients. Creates no object. */
export class Offered extends Construct {
  constructor(
    scope: Construct,
    id: string,
    /** Name of the service in the config. */
    readonly service: string,
    readonly target: Target,
  ) {
    super(scope, id);
  }

  static allIn(scope: Construct): Offered[] {
    return scope.node.findAll().filter((node) => node instanceof Offered);
  }
}
