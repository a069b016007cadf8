import { Endpoint } from '../graph/endpoint';
import { nameOfSubject, nameOfTarget, type Subject, type Target } from '../graph/connection';
import type { KubernetesObject } from '../kubernetes/object';
import { addressProblem, clusterAddress } from './cluster-addresses';
import type { Rule } from './rule';
import type { OutputIndex } from './output-index';

/** Every declared connection starts at a workload that exists and ends where something answers. */
export const connectionViolations: Rule = (index) =>
  index.output.connections.flatMap(({ from, to, purpose }) => {
    const subject = `Connection/${nameOfSubject(from)}`;
    const problem = targetProblem(index, to);
    return [
      ...(isMissing(index, from) ? [`${subject}: no workload has this name (correct the subject of uses())`] : []),
      ...(problem === undefined ? [] : [`${subject}: uses ${nameOfTarget(to)} (${purpose}), which ${problem}`]),
    ];
  });

function targetProblem(index: OutputIndex, target: Target): string | undefined {
  if (target instanceof Endpoint) {
    const address = clusterAddress(target.host);
    return address && addressProblem(index, address, target.port);
  }
  if (typeof target === 'string' || !('pods' in target)) return undefined;
  return isMissing(index, target.pods) ? 'no workload has (correct the target of uses())' : undefined;
}

const isMissing = (index: OutputIndex, subject: Subject): boolean =>
  typeof subject === 'object' && 'kind' in subject && findWorkload(index, subject) === undefined;

/** The workload that a connection means; undefined for anybody else. */
export function findWorkload(index: OutputIndex, subject: Subject): KubernetesObject | undefined {
  if (typeof subject === 'string' || !('kind' in subject)) return undefined;
  const { kind, namespace, name } = subject;
  return kind === 'Job' ? index.jobs.get(`${namespace}/${name}`) : index.find(kind, namespace, name);
}
