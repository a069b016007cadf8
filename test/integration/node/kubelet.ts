import { copyFileSync, writeFileSync } from 'node:fs';
import type { ControlPlane } from '../cluster/control-plane';
import { eventually, type Program } from '../cluster/workspace';
import type { Machine } from './machine';
import type { NodePrograms } from './programs';
import { podNetwork, socket } from './runtime';

export const nodeName = 'node0';
export const dnsAddress = '10.96.0.10';

/** Where volumes of pods and records of containers are: on a real disk. */
export const kubeletFolder = '/var/lib/kubelet';

export interface NodeOptions {
  readonly address: string;
  /** File with the certificate that calls of the API server show. */
  readonly clientCa: string;
  /** Below which all of its containers are. */
  readonly cgroup: string;
}

/** What makes a machine a node. */
export class Kubelet {
  private program: Program | undefined;

  private constructor(
    private readonly machine: Machine,
    private readonly plane: ControlPlane,
    private readonly command: readonly string[],
  ) {}

  /** Starts it with the proxy that leads to Services, and waits until the cluster takes pods to the node. */
  static async start(
    machine: Machine,
    programs: NodePrograms,
    plane: ControlPlane,
    { address, clientCa, cgroup }: NodeOptions,
  ): Promise<Kubelet> {
    const file = (name: string, content: object): string => {
      writeFileSync(plane.path(name), JSON.stringify(content));
      return plane.path(name);
    };
    await machine.run(['sh', '-c', ': > /run/no-resolvers.conf']);
    copyFileSync(clientCa, plane.path('kubelet-client.crt'));
    const kubelet = new Kubelet(machine, plane, [
      programs.kubelet,
      `--config=${file('kubelet.json', kubeletConfig(plane.path('kubelet-client.crt'), cgroup))}`,
      `--kubeconfig=${plane.userKubeconfig(`system:node:${nodeName}`)}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${address}`,
      `--root-dir=${kubeletFolder}`,
      `--cert-dir=${kubeletFolder}/pki`,
    ]);
    const proxy = file('kube-proxy.json', proxyConfig(plane.userKubeconfig('system:kube-proxy')));
    machine.program('kube-proxy', [programs.kubeProxy, `--config=${proxy}`]);
    await kubelet.run();
    return kubelet;
  }

  /** Ends it without notice. */
  async kill(): Promise<void> {
    await this.program?.stop('SIGKILL');
  }

  /** Starts it, and waits until the node is ready. */
  async run(): Promise<void> {
    const program = this.machine.program('kubelet', this.command);
    this.program = program;
    // The cluster goes on to call a node ready for a while whose kubelet is gone.
    const healthy = async (): Promise<boolean> => (await fetch('http://127.0.0.1:10248/healthz')).ok;
    await eventually('the kubelet is healthy', healthy, { seconds: 60, program });
    await eventually('the node is ready', () => isReady(this.plane), { seconds: 60, program });
  }
}

const proxyConfig = (kubeconfig: string): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig },
  mode: 'iptables',
  clusterCIDR: podNetwork,
  hostnameOverride: nodeName,
  conntrack: { maxPerCore: 0, min: 0 }, // Limits of the whole machine are not ours to set.
});

const kubeletConfig = (clientCAFile: string, cgroupRoot: string): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile } },
  authorization: { mode: 'Webhook' },
  clusterDomain: 'cluster.local',
  clusterDNS: [dnsAddress],
  resolvConf: '/run/no-resolvers.conf',
  cgroupDriver: 'cgroupfs',
  cgroupRoot,
  failCgroupV1: false,
  failSwapOn: false,
  containerRuntimeEndpoint: `unix://${socket}`,
  podLogsDir: `${kubeletFolder}/logs`,
  volumePluginDir: `${kubeletFolder}/plugins`,
  // The machine's disk is shared with everything else on it.
  evictionHard: { 'memory.available': '200Mi', 'nodefs.available': '1Gi', 'imagefs.available': '1Gi' },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
});

interface NodeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function isReady(plane: ControlPlane): Promise<boolean> {
  const { status } = await plane.api.must<NodeObject>('GET', `/api/v1/nodes/${nodeName}`);
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}
