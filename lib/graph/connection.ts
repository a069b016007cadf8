import { Construct } from 'constructs';
import { Endpoint } from './endpoint';
import type { Labels } from '../kubernetes/selection';

/** Pods by the object that makes them: a workload, or a custom resource of an operator. */
export interface WorkloadPods {
  readonly kind: string;
  readonly namespace: string;
  /** Of a Job, the name without the digest at its end. */
  readonly name: string;
}

/** Pods by their labels, where no object of the output makes them. */
export interface LabelledPods {
  /** What people call them. */
  readonly title: string;
  readonly namespace: string;
  /** Empty for every pod of the namespace. */
  readonly labels: Labels;
}

export type Pods = WorkloadPods | LabelledPods;

/** Who connects: pods, the API server, or anyone, in the cluster and outside. */
export type Subject = Pods | 'the API server' | 'anyone';

/** A port of a Service, whose pods may listen on another one. */
export interface ServicePort {
  readonly service: string;
  readonly namespace: string;
  /** Name or number. */
  readonly port: number | string;
}

/** A port of pods, past any Service. */
export interface PodPort {
  readonly pods: Pods;
  /** Name or number. */
  readonly port: number | string;
  /** @default TCP */
  readonly protocol?: 'TCP' | 'UDP';
}

/** A port of every node. */
export interface NodePort {
  readonly nodes: number;
}

/** Addresses outside the cluster. */
export interface Outside {
  /** A block of addresses such as `10.20.0.0/16`, or `internet` for all but private ones. */
  readonly addresses: string;
  readonly ports: readonly number[];
}

/** Whom somebody connects to. The host of an endpoint is a Service of the cluster, or outside of it. */
export type Target = Endpoint | ServicePort | PodPort | NodePort | Outside | 'the API server';

export interface ConnectionProps {
  readonly from: Subject;
  readonly to: Target;
  /** Purpose in a few words, for people. */
  readonly purpose: string;
  /** Whether the target may start later, because the subject tries again until then. @default false */
  readonly later?: boolean;
}

/** Declares that somebody connects to something. Creates no object; policies, checks and pictures are derived from it. */
export class Connection extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly props: ConnectionProps,
  ) {
    super(scope, id);
  }

  static allIn(scope: Construct): ConnectionProps[] {
    return scope.node.findAll().flatMap((node) => (node instanceof Connection ? [node.props] : []));
  }
}

/** A subject as messages name it: `Deployment/mlops-web/web`. */
export function nameOfSubject(subject: Subject): string {
  if (typeof subject === 'string') return subject;
  if ('title' in subject) return `${subject.title} (${subject.namespace})`;
  return `${subject.kind}/${subject.namespace}/${subject.name}`;
}

/** A target as messages name it. */
export function nameOfTarget(target: Target): string {
  if (typeof target === 'string') return target;
  if (target instanceof Endpoint) return target.authority;
  if ('service' in target) return `Service/${target.namespace}/${target.service}:${target.port}`;
  if ('pods' in target) return `${nameOfSubject(target.pods)}:${target.port}`;
  if ('nodes' in target) return `the nodes:${target.nodes}`;
  return `${target.addresses}:${target.ports.join(',')}`;
}
