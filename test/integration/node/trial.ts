import { execFileSync } from 'node:child_process';
import { makeCgroups, removeCgroups } from './cgroups';

/** What a node does to its machine, tried in a corner: layers, a bridge, pairs of network devices, and a loop device. */
const trial = `
mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir lower upper work merged
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged
ip link add bridge0 type bridge && ip link add one type veth peer name two
sysctl -qw net.bridge.bridge-nf-call-iptables=1
losetup --find`;

/** Why this machine can make no node; undefined where nothing is in the way. */
export async function noNode(): Promise<string | undefined> {
  try {
    const corner = ['--net', '--mount', '--pid', '--fork', '--propagation', 'private'];
    execFileSync('unshare', [...corner, 'sh', '-ec', trial], { stdio: 'pipe', encoding: 'utf8' });
    await makeCgroups();
    await removeCgroups();
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    return `this machine makes no node: ${(stderr || message).trim().split('\n').pop() ?? ''}`;
  }
}
