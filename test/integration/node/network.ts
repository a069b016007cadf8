import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Address of the node: one of those that stand for any in documents (RFC 5737). */
export const nodeAddress = '192.0.2.10';

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
