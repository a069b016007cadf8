import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { ControlPlane } from '../cluster/control-plane';
import { newestVersion } from '../cluster/tools';
import { eventually } from '../cluster/workspace';
import { cacheOf } from '../kept';
import { addons } from './addons';
import { disksFolder, Storage } from './storage';
import { kubeletFolder, type NodeAgents, nodeName, startNode } from './kubelet';
import { containerdFolder } from './load';
import { Machine } from './machine';
import type { NodePrograms } from './programs';
import { dataFolder, startContainerd } from './runtime';

/** Address of the node: one of those that stand for any in documents (RFC 5737). */
export const nodeAddress = '192.0.2.10';

const cgroup = 'mlops-infra-node';
const cgroups = '/sys/fs/cgroup';

/** A cluster of one node: everything real, in a network of its own, which is the caller's. */
export class Node {
  private constructor(
    readonly plane: ControlPlane,
    readonly machine: Machine,
    readonly agents: NodeAgents,
    private readonly storage: Storage,
  ) {}

  static async start(programs: NodePrograms): Promise<Node> {
    makeNetwork();
    makeCgroups();
    const client = kubeletClient();
    const users = {
      [`system:node:${nodeName}`]: ['system:nodes'],
      'system:kube-scheduler': [],
      'system:kube-proxy': ['system:node-proxier'],
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
      await startContainerd(machine, programs, plane.path('containerd'));
      await plane.startControllers();
      plane.workspace.start('kube-scheduler', programs.kubeScheduler, [
        ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
          (flag) => `--${flag}=${plane.userKubeconfig('system:kube-scheduler')}`,
        ),
        '--leader-elect=false',
      ]);
      const agents = await startNode(machine, programs, plane, { address: nodeAddress, clientCa: client.cert, cgroup });
      const node = new Node(plane, machine, agents, new Storage(plane, machine));
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
    removeCgroups();
  }

  private async install(): Promise<void> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: addons });
    const { code, stderr } = await this.plane.kubectl(['apply', '-f', '-'], { input });
    if (code !== 0) throw new Error(`the addons of the node: ${stderr}`);
    const path = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
    type Deployment = { readonly status?: { readonly readyReplicas?: number } };
    const ready = async (): Promise<boolean> =>
      (await this.plane.api.must<Deployment>('GET', path)).status?.readyReplicas === 1;
    await eventually('names are resolved', ready, { seconds: 120, program: this.agents.kubelet });
  }
}

/** In the network of this process, which `run.ts` has made: nothing of it reaches outside. */
function makeNetwork(): void {
  const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
  if (existsSync('/sys/class/net/uplink')) return;
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', 'uplink', 'type', 'bridge');
  ip('addr', 'add', `${nodeAddress}/24`, 'dev', 'uplink');
  ip('link', 'set', 'uplink', 'up');
  ip('route', 'add', 'default', 'dev', 'uplink');
  for (const setting of [
    'net.ipv4.ip_forward=1',
    'net.bridge.bridge-nf-call-iptables=1',
    'net.ipv4.conf.all.rp_filter=0',
  ])
    execFileSync('sysctl', ['-qw', setting], { stdio: 'pipe' });
}

/** A certificate for the API server, which kubelets take from nobody else. */
function kubeletClient(): { cert: string; key: string } {
  const folder = join(cacheOf('node'), 'certificates');
  const [key, cert] = [join(folder, 'client.key'), join(folder, 'client.crt')];
  mkdirSync(folder, { recursive: true });
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert];
  const what = ['-subj', '/O=system:masters/CN=kube-apiserver', '-addext', 'extendedKeyUsage=clientAuth', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...what, ...how], { stdio: 'pipe' });
  return { key, cert };
}

/** Hierarchies of version 1, or the only one of version 2. */
const hierarchies = (): string[] =>
  existsSync(join(cgroups, 'cgroup.controllers')) ? [cgroups] : readdirSync(cgroups).map((name) => join(cgroups, name));

function makeCgroups(): void {
  removeCgroups();
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, cgroup), { recursive: true });
}

/** Only empty ones can go: what still runs in one keeps it. */
function removeCgroups(): void {
  const remove = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) remove(join(folder, entry.name));
    rmdirSync(folder);
  };
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, cgroup);
    if (existsSync(folder)) remove(folder);
  }
}
