import { mkdirSync, writeFileSync } from 'node:fs';
import { eventually, type Program } from '../cluster/workspace';
import type { Machine } from './machine';
import type { NodePrograms } from './programs';

export const socket = '/run/containerd/containerd.sock';
export const podNetwork = '10.244.0.0/24';

/** Image of the container that holds a pod's namespaces. */
export const sandboxImage = 'registry.k8s.io/pause:3.10';

/** Where images and containers are: on a real disk, as layers cannot be on layers. */
export const dataFolder = '/var/lib/containerd';

/** containerd 2.2, docs/cri/config.md; `restrict_oom_score_adj` where no lower score may be given (CAP_SYS_RESOURCE). */
const config = `version = 3
root = "${dataFolder}"
state = "/run/containerd"
[grpc]
address = "${socket}"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${sandboxImage}"
[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "/run/cni"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = false
`;

/** containernetworking/plugins 1.1, plugins/main/bridge and plugins/meta/portmap. */
const network = {
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: '/run/cni-addresses',
        ranges: [[{ subnet: podNetwork }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** Starts containerd on a machine. @param folder that the machine sees, for its settings */
export async function startContainerd(machine: Machine, programs: NodePrograms, folder: string): Promise<Program> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/containerd.toml`, config);
  writeFileSync(`${folder}/pods.conflist`, JSON.stringify(network));
  await machine.run(['sh', '-c', `mkdir -p /run/cni && cp '${folder}/pods.conflist' /run/cni/10-pods.conflist`]);
  const program = machine.program('containerd', [programs.containerd, '--config', `${folder}/containerd.toml`]);
  const answers = async (): Promise<boolean> => (await ctr(machine, programs, 'version')) !== '';
  await eventually('containerd answers', answers, { program });
  return program;
}

/** Runs containerd's own client, in the namespace that kubelets use. */
export const ctr = (machine: Machine, programs: NodePrograms, ...args: string[]): Promise<string> =>
  machine.run([programs.ctr, '--address', socket, '--namespace', 'k8s.io', ...args]);

/** The first process of each container that runs: its ID in containerd → the process's on the machine. */
export async function processes(machine: Machine, programs: NodePrograms): Promise<ReadonlyMap<string, string>> {
  const lines = (await ctr(machine, programs, 'tasks', 'ls')).trim().split('\n').slice(1);
  return new Map(lines.map((line) => line.split(/\s+/)).map(([container = '', pid = '']) => [container, pid]));
}
