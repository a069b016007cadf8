import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf } from '../kept';

// What a node takes of the machine that it is on: a network, groups of processes, and a certificate.

/** Address of the node: one of those that stand for any in documents (RFC 5737). */
export const nodeAddress = '192.0.2.10';

/** Below which all of the node's containers are. */
export const cgroup = 'mlops-infra-node';
const cgroups = '/sys/fs/cgroup';

/** In the network of this process, which `run.ts` has made: nothing of it reaches outside. */
export function makeNetwork(): void {
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
export function kubeletClient(): { cert: string; key: string } {
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

export function makeCgroups(): void {
  removeCgroups();
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, cgroup), { recursive: true });
}

/** Only empty ones can go: what still runs in one keeps it. */
export function removeCgroups(): void {
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

/** What a node does to its machine, tried in a corner: layers, a bridge, pairs of network devices, and a loop device. */
const trial = `
mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir lower upper work merged
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged
ip link add bridge0 type bridge && ip link add one type veth peer name two
sysctl -qw net.bridge.bridge-nf-call-iptables=1
losetup --find`;

/** Why this machine can make no node; undefined where nothing is in the way. */
export function noNode(): string | undefined {
  if (hierarchies().length === 1) return 'control groups are of version 2 alone: these tests know version 1';
  try {
    const corner = ['--net', '--mount', '--pid', '--fork', '--propagation', 'private'];
    execFileSync('unshare', [...corner, 'sh', '-ec', trial], { stdio: 'pipe', encoding: 'utf8' });
    makeCgroups();
    removeCgroups();
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    return `this machine makes no node: ${(stderr || message).trim().split('\n').pop() ?? ''}`;
  }
}
