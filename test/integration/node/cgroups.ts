import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Below which all of the node's containers are. */
export const cgroup = 'mlops-infra-node';
const root = '/sys/fs/cgroup';

/** Whether there is one hierarchy for everything: version 2, which these tests have never run on. */
export const unified = existsSync(join(root, 'cgroup.controllers'));

/** Hierarchies of version 1, or the only one of version 2. */
const hierarchies = (): string[] => (unified ? [root] : readdirSync(root).map((name) => join(root, name)));

/** What a kubelet limits; with version 2 a group has what the group above it hands down. */
const controllers = ['cpu', 'cpuset', 'io', 'memory', 'pids'];

export function makeCgroups(): void {
  removeCgroups();
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, cgroup), { recursive: true });
  if (!unified) return;
  const there = readFileSync(join(root, 'cgroup.controllers'), 'utf8').trim().split(' ');
  const handed = controllers.filter((name) => there.includes(name)).map((name) => `+${name}`);
  for (const folder of [root, join(root, cgroup)])
    writeFileSync(join(folder, 'cgroup.subtree_control'), handed.join(' '));
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
