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

export interface NodeAgents {
  readonly kubelet: Program;
  readonly proxy: Program;
}

/** Starts what makes a machine a node, and waits until the cluster takes pods to it. */
export async function startNode(
  machine: Machine,
  programs: NodePrograms,
  plane: ControlPlane,
  { address, clientCa, cgroup }: { readonly address: string; readonly clientCa: string; readonly cgroup: string },
): Promise<NodeAgents> {
  const file = (name: string, content: unknown): string => {
    writeFileSync(plane.path(name), JSON.stringify(content));
    return plane.path(name);
  };
  await machine.run(['sh', '-c', ': > /run/no-resolvers.conf']);
  copyFileSync(clientCa, plane.path('kubelet-client.crt'));
  const config = file('kubelet.json', kubeletConfig(plane.path('kubelet-client.crt'), cgroup));
  const kubelet = startKubelet(machine, programs, plane, config, address);
  const proxyConfig = file('kube-proxy.json', {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: plane.userKubeconfig('system:kube-proxy') },
    mode: 'iptables',
    clusterCIDR: podNetwork,
    hostnameOverride: nodeName,
    conntrack: { maxPerCore: 0, min: 0 }, // Limits of the whole machine are not ours to set.
  });
  const proxy = machine.program('kube-proxy', [programs.kubeProxy, `--config=${proxyConfig}`]);
  await eventually('the node is ready', () => isReady(plane), { seconds: 60, program: kubelet });
  return { kubelet, proxy };
}

export function startKubelet(
  machine: Machine,
  programs: NodePrograms,
  plane: ControlPlane,
  config: string,
  address: string,
): Program {
  return machine.program('kubelet', [
    programs.kubelet,
    `--config=${config}`,
    `--kubeconfig=${plane.userKubeconfig(`system:node:${nodeName}`)}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${address}`,
    `--root-dir=${kubeletFolder}`,
    `--cert-dir=${kubeletFolder}/pki`,
  ]);
}

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
