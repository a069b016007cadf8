import type { OutputIndex } from '../checks/output-index';
import { nameOfSubject, type ConnectionProps, type Pods } from '../graph/connection';
import type { KubernetesObject } from '../kubernetes/object';
import { LabelIndex, matches, type Labels, type LabelSelector } from '../kubernetes/selection';
import type { PodPort, Workload } from '../kubernetes/workload';

/** Pods that policies treat alike: all that one object makes. */
export interface PodGroup {
  /** Kind of their owner. */
  readonly kind: string;
  readonly namespace: string;
  /** Of a Job, the name without the digest at its end. */
  readonly name: string;
  /** By these, and nothing that changes with a version, policies find them. Empty for a whole namespace. */
  readonly identity: Labels;
  readonly ports: readonly PodPort[];
  /** Whether an operator makes them of a custom resource. */
  readonly isOperated: boolean;
  /** No policy reaches such pods: they have the addresses of their nodes. */
  readonly onHostNetwork: boolean;
}

type IndexedPod = OutputIndex['pods'] extends LabelIndex<infer Pod> ? Pod : never;

/** The pods of an output, of its operators and of the cluster, in groups. */
export class PodGroups {
  private readonly byName = new Map<string, PodGroup>();
  private readonly byOwner = new Map<KubernetesObject, PodGroup>();
  /** Those by labels. */
  private readonly labelled: PodGroup[] = [];

  constructor(
    private readonly index: OutputIndex,
    connections: readonly ConnectionProps[],
  ) {
    for (const workload of index.workloads) this.add(workload.object, groupOf(workload));
    for (const object of index.objects) {
      for (const { made } of index.output.declared.customResources.of(object)) {
        if (made === undefined) continue;
        const { pods, identity } = made(object);
        const { kind, metadata } = object;
        const ports = pods.flatMap((pod) => pod.ports);
        const { name, namespace = '' } = metadata;
        this.add(object, { kind, namespace, name, identity, ports, isOperated: true, onHostNetwork: false });
      }
    }
    for (const { from, to } of connections) {
      if (typeof from === 'object' && 'title' in from) this.of(from);
      if (typeof to === 'object' && 'pods' in to) this.of(to.pods);
    }
  }

  private add(owner: KubernetesObject, group: PodGroup): void {
    this.byName.set(nameOfSubject(group), group);
    this.byOwner.set(owner, group);
  }

  /** The groups of the output's own objects, each with the object that makes it. */
  get owned(): Iterable<[KubernetesObject, PodGroup]> {
    return this.byOwner;
  }

  /** A group, and those by labels that it is a part of. */
  around(group: PodGroup): PodGroup[] {
    const around = this.labelled.filter(
      ({ namespace, identity }) => namespace === group.namespace && matches(group.identity, { matchLabels: identity }),
    );
    return [group, ...around];
  }

  /** The groups by labels that people call so. */
  titled(title: string): PodGroup[] {
    return this.labelled.filter(({ name }) => name === title);
  }

  /** The group that a connection means; undefined where no object makes it. */
  of(pods: Pods): PodGroup | undefined {
    const known = this.byName.get(nameOfSubject(pods));
    if (known !== undefined || !('title' in pods)) return known;
    const { title: name, namespace, labels: identity } = pods;
    const group = { kind: 'Pod', namespace, name, identity, ports: [], isOperated: false, onHostNetwork: false };
    this.byName.set(nameOfSubject(pods), group);
    this.labelled.push(group);
    return group;
  }

  /** The group of a pod. Those without an owner are the cluster's. */
  ofPod({ owner, namespace, labels, ports }: IndexedPod): PodGroup {
    const known = owner && this.byOwner.get(owner);
    const name = Object.values(labels).join(' ');
    return known ?? { kind: 'Pod', namespace, name, identity: labels, ports, isOperated: false, onHostNetwork: false };
  }

  /** Every group of a namespace that has pods which a selector takes. */
  select(selector: LabelSelector, namespace: string): ReadonlySet<PodGroup> {
    const labelled = this.labelled.filter(
      (group) => group.namespace === namespace && matches(group.identity, selector),
    );
    return new Set([...this.index.pods.select(selector, namespace).map((pod) => this.ofPod(pod)), ...labelled]);
  }
}

/** What has no selector, such as a Job, is found by its labels, but for those that a new version changes. */
function groupOf({ object, namespace, labels, spec }: Workload): PodGroup {
  const { selector } = object.spec as { readonly selector?: LabelSelector };
  const stable = Object.entries(labels).filter(([key]) => !/version|revision|checksum|chart/.test(key));
  return {
    kind: object.kind,
    namespace,
    name: stableName(object),
    identity: selector?.matchLabels ?? Object.fromEntries(stable),
    ports: [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ ports = [] }) => ports),
    isOperated: false,
    onHostNetwork: spec.hostNetwork === true,
  };
}

/** The name of a Job ends in a digest of what it does. */
export const stableName = ({ kind, metadata }: KubernetesObject): string =>
  kind === 'Job' ? metadata.name.replace(/-[0-9a-f]{8}$/, '') : metadata.name;
