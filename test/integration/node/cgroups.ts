import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../cluster/workspace';

/** Below which all of the node's containers are. */
export const cgroup = 'mlops-infra-node';
const root = '/sys/fs/cgroup';

/** Whether there is one hierarchy for everything: version 2, which these tests have never run on. */
export const unified = existsSync(join(root, 'cgroup.controllers'));

/** Hierarchies of version 1, or the only one of version 2. */
const hierarchies = (): string[] => (unified ? [root] : readdirSync(root).map((name) => join(root, name)));

/** What a kubelet limits; with version 2 a group has what the group above it hands down. */
const controllers = ['cpu', 'cpuset', 'io', 'memory', 'pids'];

export async function makeCgroups(): Promise<void> {
  await removeCgroups();
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, cgroup), { recursive: true });
  if (!unified) return;
  const there = readFileSync(join(root, 'cgroup.controllers'), 'utf8').trim().split(' ');
  const handed = controllers.filter((name) => there.includes(name)).map((name) => `+${name}`);
  for (const folder of [root, join(root, cgroup)])
    writeFileSync(join(folder, 'cgroup.subtree_control'), handed.join(' '));
}

/** Only empty ones can go, which a group is a moment after the end of its last process. @throws Error where something still runs */
export async function removeCgroups(): Promise<void> {
  const removed = (): boolean => {
    for (const hierarchy of hierarchies()) remove(join(hierarchy, cgroup));
    return true;
  };
  await eventually('the control groups of the node are empty', removed, { seconds: 30 });
}

function remove(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) remove(join(folder, entry.name));
  rmdirSync(folder);
}
