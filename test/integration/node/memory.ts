import { unified } from './cgroups';
import type { Machine } from './machine';
import type { NodePrograms } from './programs';
import { processes } from './runtime';

/**
 * Uses up the memory that a container may have, until the kernel ends its first process.
 *
 * @param container its ID in containerd
 */
export async function exhaustMemory(machine: Machine, programs: NodePrograms, container: string): Promise<void> {
  const pid = (await processes(machine, programs)).get(container);
  if (pid === undefined) throw new Error(`${container}: does not run`);
  const [line, hierarchy] = unified ? ['0:', '/sys/fs/cgroup'] : ['[0-9]*:memory', '/sys/fs/cgroup/memory'];
  const script = [
    'set -e',
    `echo 1000 > /proc/${pid}/oom_score_adj`, // of all that are in it, the kernel takes this one first
    `group=$(sed -n 's/^${line}://p' /proc/${pid}/cgroup)`,
    `echo $$ > "${hierarchy}$group/cgroup.procs"`,
    'exec tail /dev/zero', // keeps all that it reads
  ].join('\n');
  // It ends as the container's processes do.
  await machine.run(['sh', '-c', script]).catch((error: unknown) => {
    const { code, signal } = error as { code?: number; signal?: string };
    if (code !== 137 && signal !== 'SIGKILL') throw error;
  });
}
