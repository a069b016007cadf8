import type { Machine } from './machine';
import type { NodePrograms } from './programs';
import { processes } from './runtime';

/** The TCP ports of each container's pod at which somebody else may ask: ID in containerd → ports. */
export async function listeningPorts(
  machine: Machine,
  programs: NodePrograms,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  for (const [container, pid] of await processes(machine, programs)) {
    const table = await machine.run(['sh', '-c', `cat /proc/${pid}/net/tcp /proc/${pid}/net/tcp6`]);
    found.set(container, portsIn(table));
  }
  return found;
}

/** State and addresses as the kernel writes them (Linux, Documentation/networking/proc_net_tcp.rst). */
const listening = '0A';
const loopback = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];

function portsIn(table: string): number[] {
  const ports = table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === listening && !loopback.includes(address) ? [Number.parseInt(port, 16)] : [];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}
