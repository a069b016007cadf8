import { readFileSync } from 'node:fs';
import type { Machine } from './machine';

/**
 * Why no disk can grow here; undefined where they can. A mounted ext4 is resized by who has CAP_SYS_RESOURCE alone (Linux,
 * fs/ext4/resize.c, ext4_resize_begin), which some containers of root lack.
 */
export function noGrowth(): string | undefined {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const isGranted = ((BigInt(`0x${effective}`) >> sysResource) & 1n) === 1n;
  return isGranted ? undefined : 'the room of disks that grow: this machine lacks CAP_SYS_RESOURCE';
}

/** linux/capability.h, CAP_SYS_RESOURCE. */
const sysResource = 24n;

/** Gives a disk more room. @param folder where it is mounted @param bytes of its image in all */
export async function growDisk(machine: Machine, folder: string, bytes: number): Promise<void> {
  if (noGrowth() !== undefined) return;
  const steps = [
    `truncate --size=${bytes} ${folder}.img`,
    `device=$(findmnt --noheadings --output SOURCE ${folder})`,
    'losetup --set-capacity "$device"',
    'resize2fs "$device"',
  ];
  await machine.run(['sh', '-ec', steps.join('\n')]);
}
