import { join } from 'node:path';
import type { Say } from '../kept';
import { build, etcd, kubernetes, newestVersion, type ToolSet } from '../cluster/tools';
import { debian } from './debian';

const root = join(__dirname, 'tools');

/** Without what no test uses, and what needs C. */
const containerd: ToolSet = {
  root,
  module: 'containerd',
  programs: Object.fromEntries(
    ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => [
      name,
      `github.com/containerd/containerd/v2/cmd/${name}`,
    ]),
  ),
  tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
};

/** The newest release that Go's module proxy has. */
const kubeRouter: ToolSet = {
  root,
  module: 'kube-router',
  programs: { 'kube-router': 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router' },
};

const onNode = kubernetes(newestVersion, ['kubelet', 'kube-proxy', 'kube-scheduler']);

/**
 * Of Debian: what containers, their network and volumes are made with, what builds images, and three programs that images
 * get copies of.
 */
const packages = [
  ...['runc', 'containernetworking-plugins', 'iptables', 'conntrack', 'ipset', 'iproute2', 'kmod', 'procps'],
  ...['e2fsprogs', 'buildah', 'ca-certificates', 'busybox-static', 'tini', 'rclone'],
];

/** Root file system of the node. */
export const nodeDebian = (say: Say): Promise<string> => debian('node', packages, say);

/** What a node is made of; plain data, for the tests, which are another process. */
export interface NodePrograms {
  /** Root file system of the machine; nothing is written into it. */
  readonly root: string;
  /** Folders of programs, for PATH. */
  readonly folders: readonly string[];
  readonly kubelet: string;
  readonly kubeProxy: string;
  readonly kubeScheduler: string;
  readonly kubeRouter: string;
  readonly containerd: string;
  /** containerd's own client. */
  readonly ctr: string;
}

/** Builds and fetches what is not here yet. */
export async function nodePrograms(say: Say): Promise<NodePrograms> {
  for (const set of [etcd, kubernetes(newestVersion)]) await build(set, say);
  const [kubernetesFolder, containerdFolder] = [await build(onNode, say), await build(containerd, say)];
  const kubeRouterFolder = await build(kubeRouter, say);
  return {
    root: await nodeDebian(say),
    folders: [kubernetesFolder, containerdFolder, kubeRouterFolder],
    kubelet: join(kubernetesFolder, 'kubelet'),
    kubeProxy: join(kubernetesFolder, 'kube-proxy'),
    kubeScheduler: join(kubernetesFolder, 'kube-scheduler'),
    kubeRouter: join(kubeRouterFolder, 'kube-router'),
    containerd: join(containerdFolder, 'containerd'),
    ctr: join(containerdFolder, 'ctr'),
  };
}
