import type { KubernetesObject } from '../kubernetes/object';
import { addressProblem, clusterAddress } from './cluster-addresses';
import type { Rule } from './rule';
import type { OutputIndex } from './output-index';

/** Every declared connection starts at a workload that exists and ends where something answers. */
export const connectionViolations: Rule = (index) =>
  index.output.connections.flatMap(({ namespace = '', props: { workload, endpoint, purpose } }) => {
    const address = clusterAddress(endpoint.host);
    const problem = address && addressProblem(index, address, endpoint.port);
    const subject = `Connection/${namespace}/${workload}`;
    return [
      ...(findWorkload(index, namespace, workload) === undefined
        ? [`${subject}: no workload has this name (correct the first argument of uses())`]
        : []),
      ...(problem === undefined ? [] : [`${subject}: uses ${endpoint.authority} (${purpose}), which ${problem}`]),
    ];
  });

const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];

/** The workload that a connection means. The name of a Job ends in a digest, which nobody who declares one knows. */
export function findWorkload(index: OutputIndex, namespace: string, name: string): KubernetesObject | undefined {
  for (const kind of [...workloadKinds, ...index.output.declared.customResources.workloadKinds]) {
    const object = index.find(kind, namespace, name);
    if (object !== undefined) return object;
  }
  return index.jobs.get(`${namespace}/${name}`);
}
