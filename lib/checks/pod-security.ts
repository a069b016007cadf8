import { nameOf } from '../kubernetes/object';
import { exceptionOf, isOriginal } from './exceptions';
import type { Rule } from './rule';
import type { OutputIndex } from './output-index';
import { controls, type Level } from './pod-security-standards';

/** Every pod is admitted to its namespace and, but for the exceptions, is as restricted as a pod can be. */
export const podSecurityViolations: Rule = (index) =>
  index.workloads.flatMap((workload) => {
    const name = nameOf(workload.object);
    const enforced = levelOf(index, workload.namespace);
    const allowed = exceptionOf(index.output, workload.object)?.controls ?? [];
    return controls.flatMap(({ id, level, problems }) => {
      const isEnforced = enforced === 'restricted' || enforced === level;
      if (!isEnforced && (isOriginal(workload.object) || allowed.includes(id))) return [];
      const remedy = isEnforced
        ? `namespace ${workload.namespace} enforces ${enforced}`
        : 'restrict it, or except it with a reason';
      return problems(workload).map((problem) => `${name}: ${problem} (${id} of the ${level} level: ${remedy})`);
    });
  });

/** The level that the API server enforces in a namespace; without a label, none. */
function levelOf(index: OutputIndex, name: string): Level {
  const labels: Readonly<Record<string, string>> = index.find('Namespace', undefined, name)?.metadata.labels ?? {};
  const level = labels['pod-security.kubernetes.io/enforce'];
  return level === 'restricted' || level === 'baseline' ? level : 'privileged';
}
