import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { EnvVar } from '../kubernetes/object';
import type { SecretKeyRef, SecretSpec, ValueSpec } from './secret-spec';

export interface CredentialProps {
  /** Name of the Secret. */
  readonly name: string;
  /** @default that of its chart */
  readonly namespace?: string;
  /** @default Opaque */
  readonly type?: string;
  /** What each key holds. The cluster or the user creates the values; they are never here. */
  readonly keys: Readonly<Record<string, ValueSpec>>;
  /** Why new values would reach nobody, and what to do instead. @default what reads the Secret takes them when it starts */
  readonly byHand?: string;
}

/** A Secret, which a service owns or gets a copy of. Creates no object by itself. */
export class Credential extends Construct {
  readonly namespace: string;
  readonly secretName: string;

  private readonly props: Omit<CredentialProps, 'namespace'>;

  constructor(scope: Construct, id: string, { namespace: own, ...props }: CredentialProps) {
    super(scope, id);
    const namespace = own ?? Chart.of(this).namespace;
    if (namespace === undefined)
      throw new Error(`${this.node.path}: a credential needs a chart with a namespace, or one of its own`);
    this.namespace = namespace;
    this.secretName = props.name;
    this.props = props;
  }

  /** Every credential, sorted by namespace and name. */
  static allIn(scope: Construct): Credential[] {
    const place = ({ namespace, secretName }: Credential): string => `${namespace}/${secretName}`;
    return scope.node
      .findAll()
      .filter((node) => node instanceof Credential)
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }

  get spec(): SecretSpec {
    return { namespace: this.namespace, ...this.props };
  }

  /** One key of the Secret, for a copy in another namespace or as part of a connection string. */
  key(key: string): SecretKeyRef {
    if (!Object.hasOwn(this.props.keys, key))
      throw new Error(`${this.node.path}: Secret ${this.secretName} has no key ${key}`);
    return { namespace: this.namespace, name: this.secretName, key };
  }

  /** Environment variables from keys of the Secret: variable name → key. */
  env(variables: Readonly<Record<string, string>>): EnvVar[] {
    return Object.entries(variables).map(([name, key]) => ({
      name,
      valueFrom: { secretKeyRef: { name: this.secretName, key: this.key(key).key } },
    }));
  }
}
