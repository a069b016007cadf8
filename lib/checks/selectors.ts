import { serviceOf } from '../kubernetes/kube-service';
import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { describeSelector, matches, type LabelSelector } from '../kubernetes/selection';
import type { Workload } from '../kubernetes/workload';
import type { OutputIndex } from './output-index';
import type { Rule } from './rule';

/** Whatever selects pods selects some, and only those that it means. */
export const selectorViolations: Rule = (index) => [
  ...index.workloads.flatMap((workload) => workloadProblems(index, workload)),
  ...index.objects.flatMap((object) => {
    const problems = problemsByKind[object.kind]?.(index, object) ?? [];
    return problems.map((problem) => `${nameOf(object)}: ${problem}`);
  }),
];

type Problems = (index: OutputIndex, object: KubernetesObject) => string[];

const problemsByKind: Readonly<Record<string, Problems>> = {
  Service: serviceProblems,
  PodDisruptionBudget: (index, { metadata, spec }) =>
    selectsNothing(index, (spec as Selecting).selector, metadata.namespace),
  NetworkPolicy: (index, { metadata, spec }) =>
    selectsNothing(index, (spec as { podSelector?: LabelSelector }).podSelector, metadata.namespace),
};

interface Selecting {
  readonly selector?: LabelSelector;
}

/**
 * What is wrong with a selector of pods; nothing where it takes some, now or later, or is meant for all.
 *
 * @param namespace where it looks for them; every namespace without one
 */
export function selectsNothing(index: OutputIndex, selector: LabelSelector | undefined, namespace?: string): string[] {
  if (selector === undefined || describeSelector(selector) === '') return [];
  if (index.pods.select(selector, namespace).length > 0 || index.selectsLaterPods(selector)) return [];
  return [`its selector ${describeSelector(selector)} matches no pod (compare it with the labels of the pod template)`];
}

function serviceProblems(index: OutputIndex, object: KubernetesObject): string[] {
  const { namespace, selector, ports } = serviceOf(object);
  if (selector === undefined) return [];
  const nothing = selectsNothing(index, selector, namespace);
  if (nothing.length > 0) return nothing;
  const pods = index.pods.select(selector, namespace);
  return ports.flatMap(({ name, port, targetPort }) => {
    if (typeof targetPort !== 'string') return [];
    const closed = pods.find((pod) => !pod.ports.some((open) => open.name === targetPort));
    if (closed === undefined) return [];
    const whose = closed.owner === undefined ? 'the pod' : nameOf(closed.owner);
    return [`port ${name ?? port} leads to port ${targetPort}, which ${whose} does not have (name one of its ports)`];
  });
}

/** A workload that took the pods of another one for its own would delete or adopt them. */
function workloadProblems(index: OutputIndex, { object, namespace, labels }: Workload): string[] {
  const { selector } = object.spec as Selecting;
  if (selector === undefined || object.kind === 'Job') return [];
  const subject = `${nameOf(object)}: its selector ${describeSelector(selector)}`;
  if (!matches(labels, selector))
    return [`${subject} does not match its own pods (repeat it in the template's labels)`];
  const others = new Set(index.pods.select(selector, namespace).map(({ owner }) => owner ?? object));
  others.delete(object);
  return [...others].map(
    (other) => `${subject} also matches the pods of ${nameOf(other)} (add a label that tells them apart)`,
  );
}
