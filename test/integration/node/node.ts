import { ControlPlane } from '../cluster/control-plane';
import { newestVersion } from '../cluster/tools';
import { eventually, type Program } from '../cluster/workspace';
import { addons } from './addons';
import { disksFolder, Storage } from './storage';
import { Kubelet, kubeletFolder, nodeName } from './kubelet';
import { containerdFolder } from './load';
import { Machine } from './machine';
import { exhaustMemory } from './memory';
import { policyUser, startPolicies, unwritten } from './policies';
import type { NodePrograms } from './programs';
import { ctr, dataFolder, startContainerd } from './runtime';
import { kubeletClient } from './certificate';
import { cgroup, makeCgroups, removeCgroups } from './cgroups';
import { makeNetwork, nodeAddress } from './network';
import { listeningPorts } from './sockets';

/** A cluster of one node: everything real, in a network of its own, which is the caller's. */
export class Node {
  private policies: Program | undefined;

  private constructor(
    readonly plane: ControlPlane,
    private readonly programs: NodePrograms,
    private readonly machine: Machine,
    private readonly kubelet: Kubelet,
    private containerd: Program,
    private readonly storage: Storage,
  ) {}

  static async start(programs: NodePrograms): Promise<Node> {
    makeNetwork();
    await makeCgroups();
    const client = kubeletClient();
    const users = {
      [`system:node:${nodeName}`]: ['system:nodes'],
      'system:kube-scheduler': [],
      'system:kube-proxy': ['system:node-proxier'],
      [policyUser]: [],
    };
    const network = { address: nodeAddress, services: '10.96', kubeletClient: client };
    const plane = await ControlPlane.start({ version: newestVersion, users, network });
    try {
      const machine = await Machine.start({
        root: programs.root,
        workspace: plane.workspace,
        shared: programs.folders,
        path: programs.folders,
        mounts: {
          [dataFolder]: containerdFolder,
          [kubeletFolder]: plane.path('kubelet'),
          [disksFolder]: plane.path('disks'),
        },
      });
      const containerd = await startContainerd(machine, programs, plane.path('containerd'));
      await plane.startControllers();
      plane.workspace.start('kube-scheduler', programs.kubeScheduler, [
        ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
          (flag) => `--${flag}=${plane.userKubeconfig('system:kube-scheduler')}`,
        ),
        '--leader-elect=false',
      ]);
      const options = { address: nodeAddress, clientCa: client.cert, cgroup };
      const kubelet = await Kubelet.start(machine, programs, plane, options);
      const node = new Node(plane, programs, machine, kubelet, containerd, new Storage(plane, machine));
      await node.install().catch(async (error: unknown) => {
        await node.storage.stop();
        throw error;
      });
      return node;
    } catch (error) {
      await plane.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.storage.stop();
    await this.plane.stop();
    await removeCgroups();
  }

  /** Ends the kubelet without notice, and starts it again. */
  async restartKubelet(): Promise<void> {
    await this.kubelet.kill();
    await this.kubelet.run();
  }

  /** The same with containerd; containers live on. */
  async restartContainerd(): Promise<void> {
    await this.containerd.stop('SIGKILL');
    this.containerd = await startContainerd(this.machine, this.programs, this.plane.path('containerd'));
  }

  /** Gives an image that it has a second name. */
  async tagImage(reference: string, name: string): Promise<void> {
    await ctr(this.machine, this.programs, 'images', 'tag', '--force', reference, name);
  }

  /** Fills the disk of a claim. @param claim its UID @param spare what is left of it, in percent @default nothing */
  fillDisk(claim: string, spare = 0): Promise<void> {
    return this.storage.fill(claim, spare);
  }

  /** Gives a filled disk its room back. */
  freeDisk(claim: string): Promise<void> {
    return this.storage.free(claim);
  }

  /**
   * Uses up the memory that a container may have, until the kernel ends its first process.
   *
   * @param container its ID in containerd
   */
  async exhaustMemory(container: string): Promise<void> {
    await exhaustMemory(this.machine, this.programs, container);
  }

  /** The TCP ports of each container's pod at which somebody else may ask: ID in containerd → ports. */
  listeningPorts(): Promise<ReadonlyMap<string, readonly number[]>> {
    return listeningPorts(this.machine, this.programs);
  }

  /**
   * Says what is wrong with the node itself.
   *
   * @throws Error with each program that has ended by itself and its last line, and with the last sync of policies that failed
   */
  mustRun(): void {
    const ended = this.plane.workspace.lost.map((program) => `${program.name} has ended: ${lastLine(program)}`);
    const late = this.policies && unwritten(this.policies);
    const faults = [...ended, ...(late === undefined ? [] : [`NetworkPolicies are not in force: ${late}`])];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  private async install(): Promise<void> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: addons });
    const { code, stderr } = await this.plane.kubectl(['apply', '-f', '-'], { input });
    if (code !== 0) throw new Error(`the addons of the node: ${stderr}`);
    this.policies = await startPolicies(this.machine, this.programs, this.plane);
    const path = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
    type Deployment = { readonly status?: { readonly readyReplicas?: number } };
    const ready = async (): Promise<boolean> =>
      (await this.plane.api.must<Deployment>('GET', path)).status?.readyReplicas === 1;
    await eventually('names are resolved', ready, { seconds: 120 });
  }
}

/** What a program said last; of one of Kubernetes', before the stacks that follow. */
function lastLine(program: Program): string {
  const lines = program.log().trimEnd().split('\n');
  return lines.findLast((line) => /^[IWEF]\d{4} /.test(line)) ?? lines.at(-1) ?? '';
}
