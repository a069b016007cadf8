import { writtenAddresses, type WrittenAddress } from '../checks/cluster-addresses';
import type { UnusedAddresses } from '../checks/declared';
import type { OutputIndex } from '../checks/output-index';
import type { Rule } from '../checks/rule';
import { Endpoint } from '../graph/endpoint';
import { nameOf, type KubernetesObject } from '../kubernetes/object';
import { pathOf } from '../kubernetes/texts';
import { Flows, isGroup, nameOfEnd, type Flow } from './flows';
import type { PodGroup } from './pod-groups';

/**
 * Every address of a Service that pods find in a variable, an argument or a file is of a declared connection: without
 * one, no policy lets them connect.
 */
export const undeclaredViolations: Rule = (index) => {
  const flows = new Flows(index);
  const declared = new Set(flows.all().flatMap(keysOf));
  const readers = readersOf(index, flows);
  const connects = (reader: PodGroup, to: PodGroup, port?: number): boolean =>
    flows.groups.around(reader).some((from) => declared.has(keyOf(from, to, port)));
  const found = writtenAddresses(index).flatMap((written) =>
    targetsOf(flows, written).flatMap(({ group, port }) =>
      (readers.get(written.text.owner) ?? [])
        .filter((reader) => reader !== group && !connects(reader, group, port))
        .map((reader) => messageOf(written, reader, group, port)),
    ),
  );
  return [...new Set(found)];
};

const keyOf = (from: PodGroup, to: PodGroup, port: number | undefined): string =>
  `${nameOfEnd(from)} ${nameOfEnd(to)} ${port ?? ''}`;

/** With its port, and without one. */
const keysOf = ({ from, to, port }: Flow): string[] =>
  isGroup(from) && isGroup(to) ? [keyOf(from, to, port), keyOf(from, to, undefined)] : [];

function targetsOf(
  flows: Flows,
  { address: { service, namespace }, port }: WrittenAddress,
): { group: PodGroup; port?: number }[] {
  if (port === undefined) return [...flows.behind(namespace, service)].map((group) => ({ group }));
  return flows
    .destinations(new Endpoint(`${service}.${namespace}.svc`, port, ''))
    .flatMap(({ to, port: open }) => (isGroup(to) && open !== undefined ? [{ group: to, port: open }] : []));
}

function messageOf({ text, host, port }: WrittenAddress, from: PodGroup, to: PodGroup, open?: number): string {
  const written = `${host}${port === undefined ? '' : `:${port}`}`;
  const target = `${nameOfEnd(to)}${open === undefined ? '' : `:${open}`}`;
  const remedy = `write this.uses('${from.kind}/${from.name}', …) where it is made, or say in unusedAddresses why not`;
  return `${text.owner}: ${pathOf(text.place)} has the address ${written}, but ${nameOfEnd(from)} has no connection to ${target} (${remedy})`;
}

/** Object → the pods that read it, because they name it or something that names it. */
function readersOf(index: OutputIndex, flows: Flows): ReadonlyMap<string, readonly PodGroup[]> {
  const named = new Map<KubernetesObject, string[]>();
  for (const { from, kind, namespace, name } of index.references) {
    if (!['ConfigMap', 'Secret'].includes(kind) && index.find(kind, namespace, name) === undefined) continue;
    named.set(from, [...(named.get(from) ?? []), [kind, namespace, name].filter(Boolean).join('/')]);
  }
  const objects = new Map(index.objects.map((object) => [nameOf(object), object]));
  const readers = new Map<string, PodGroup[]>();
  for (const [owner, group] of flows.groups.owned) {
    const seen = new Set([nameOf(owner)]);
    for (const name of seen) {
      const object = objects.get(name);
      for (const next of (object && named.get(object)) ?? []) if (!isElsewhere.test(next)) seen.add(next);
    }
    for (const name of seen) readers.set(name, [...(readers.get(name) ?? []), group]);
  }
  for (const unused of index.output.declared.checks.unusedAddresses) redirect(index, flows, readers, unused);
  return readers;
}

/** What a workload names without reading it. */
const isElsewhere = /^(Service|ServiceAccount|StorageClass|PriorityClass|PersistentVolumeClaim)\//;

function redirect(
  index: OutputIndex,
  flows: Flows,
  readers: Map<string, PodGroup[]>,
  { object, usedBy }: UnusedAddresses,
): void {
  const [kind = '', name = ''] = object.split('/');
  for (const owner of new Set(index.texts.map((text) => text.owner))) {
    // Files that are too large for one ConfigMap are in others, numbered: lib/graph/program-job.ts.
    if (!owner.startsWith(`${kind}/`) || !owner.replace(/-\d+$/, '').endsWith(`/${name}`)) continue;
    readers.set(owner, usedBy === undefined ? [] : flows.groups.titled(usedBy));
  }
}
