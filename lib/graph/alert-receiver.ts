import { Construct } from 'constructs';
import type { SecretKeyRef } from './secret-spec';

export interface AlertReceiverProps {
  /** No name that a receiver of the config can have. */
  readonly name: string;
  /** Takes POST in Alertmanager's JSON. */
  readonly url: string;
  /** Only alerts of these names. */
  readonly alerts: readonly string[];
  /** Only alerts about these models. */
  readonly models: readonly string[];
  /** Bearer token that is sent along. */
  readonly token: SecretKeyRef;
  /** After how long it is told again of alerts that go on firing, such as `10m`. */
  readonly repeatInterval: string;
}

/** A program of the platform that acts on alerts, where there is an Alertmanager to send them. Makes no object by itself. */
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
