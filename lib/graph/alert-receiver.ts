import { Construct } from 'constructs';
import type { SecretKeyRef } from './secret-spec';

export interface AlertReceiverProps {
  /** Receivers of the config cannot have this name. */
  readonly name: string;
  /** Accepts POST in Alertmanager's JSON. */
  readonly url: string;
  /** Only alerts with these names. */
  readonly alerts: readonly string[];
  /** Only alerts about these models. */
  readonly models: readonly string[];
  /** Bearer token of the requests. */
  readonly token: SecretKeyRef;
  /** Interval at which it is reminded of alerts that keep firing, such as `10m`. */
  readonly repeatInterval: string;
}

/**
 * Declares a program of the platform that acts on alerts, for an Alertmanager where there is one. Creates no object by
 * itself.
 */
export class AlertReceiver extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly props: AlertReceiverProps,
  ) {
    super(scope, id);
  }

  static allIn(scope: Construct): AlertReceiver[] {
    return scope.node.findAll().filter((node) => node instanceof AlertReceiver);
  }
}
