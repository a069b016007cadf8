import type { ControlPlane } from '../cluster/control-plane';
import { eventually, type Program } from '../cluster/workspace';
import { nodeName } from './kubelet';
import type { Machine } from './machine';
import type { NodePrograms } from './programs';

/** As whom the controller of NetworkPolicies calls the API server. */
export const policyUser = 'kube-router';

/**
 * Starts what enforces NetworkPolicies on a node that is there: kube-router without its routes and its proxy. Its rules and
 * sets of addresses are in the network of the caller, and end with it. Waits until the first of them are written.
 */
export async function startPolicies(machine: Machine, programs: NodePrograms, plane: ControlPlane): Promise<Program> {
  const program = machine.program('kube-router', [
    ...['env', `NODE_NAME=${nodeName}`],
    programs.kubeRouter,
    '--run-firewall=true',
    ...['router', 'service-proxy', 'loadbalancer'].map((part) => `--run-${part}=false`),
    `--kubeconfig=${plane.userKubeconfig(policyUser)}`,
    `--service-cluster-ip-range=${plane.serviceNetwork}.0.0/16`,
    '--health-port=0',
  ]);
  // kube-router 2.1, network_policy_controller.go: a sync ends with the rule that accepts what it has marked.
  const written = async (): Promise<boolean> =>
    (await machine.run(['iptables', '--wait', '-S', 'KUBE-ROUTER-FORWARD'])).includes('--mark 0x20000/0x20000');
  await eventually('the rules of NetworkPolicies are written', written, { program });
  return program;
}

/** What it said last where it has left the rules as they were, and gone on; undefined where it never did. */
export const unwritten = (program: Program): string | undefined =>
  program
    .log()
    .split('\n')
    .findLast((line) => line.includes('Aborting sync'));
