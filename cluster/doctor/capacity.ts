import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { requestOf, type PodSet } from '../../lib/kubernetes/pod-set';
import { podSetsOf } from '../../lib/output/demand';
import { amountOf, formatBytes, formatCores } from '../../lib/kubernetes/quantity';
import { about, counted, some, type Finding } from './finding';
import type { ClusterFacts, LivePod, Node } from './facts';
import { isOurs, namespacesOf, type Platform } from './platform';

const { problem, warning, ok } = about('capacity');

/** CPU in cores, memory in bytes, and a number of pods. */
type Room = Readonly<Record<'cpu' | 'memory' | 'pods', number>>;

const resources = ['cpu', 'memory', 'pods'] as const;

const nothing: Room = { cpu: 0, memory: 0, pods: 0 };

/**
 * Whether the platform's pods fit beside the running ones. Pods of an earlier deploy are replaced, so they do not
 * count.
 */
export function examineCapacity(platform: Platform, facts: ClusterFacts): Finding[] {
  const { nodes, pods } = facts;
  if (nodes === undefined) return [];
  const usable = usableNodes(nodes);
  const shut = nodes.filter((node) => !usable.includes(node));
  const severe = facts.autoscaled ? warning : problem;
  const hope = facts.autoscaled ? 'the cluster autoscaler may add nodes: see that its limits allow it' : undefined;
  if (usable.length === 0) {
    const why = nodes.length === 0 ? 'the cluster has no nodes' : `no node takes pods: ${some(shut.map(describeShut))}`;
    return [severe(why, hope ?? 'add a node, or uncordon or mend one')];
  }
  if (pods === undefined) return [];
  const sets = platform.objects.flatMap((object) => podSetsOf(object, platform.customResources));
  const others = othersOf(platform, facts, pods);
  const onEach = sets.filter(({ runs }) => runs === 'node');
  const daemons = total(onEach);
  const rooms = usable.map((node) => roomOf(node, others));
  const free = rooms.map((room) => minus(room, fits(daemons, room) ? daemons : nothing));
  const full = usable
    .filter((_, index) => !fits(daemons, rooms[index] ?? nothing))
    .map(({ metadata }) => metadata.name);
  const crowded =
    full.length === 0
      ? []
      : [
          warning(
            `${some(full)} ${full.length === 1 ? 'has' : 'have'} no room for what runs on every node: ${some(onEach.map(({ owner }) => nameOf(owner)))}, ${describe(daemons)}`,
            'free something there, or cordon what need not be watched',
          ),
        ];
  const lasting = sets.filter(({ runs }) => runs === 'service');
  const wanted = total(lasting);
  const tooBig = sets.filter(
    (set) => set.runs !== 'node' && set.count > 0 && !free.some((room) => fits(ofPod(set), room)),
  );
  const smaller = "choose a smaller size: size: { profile: 'laptop' }, or single figures in size.overrides";
  if (tooBig.length > 0) {
    const findings = tooBig.map((set) =>
      severe(
        `a pod of ${nameOf(set.owner)} asks for ${describe(ofPod(set))}, and the most that a node has left is ${describe(largest(free))}`,
        hope ?? `add a larger node, or ${smaller}`,
      ),
    );
    return [...crowded, ...findings];
  }
  const left = free.reduce(plus);
  const short = resources.filter((resource) => wanted[resource] > left[resource]);
  if (short.length > 0) {
    return [
      ...crowded,
      severe(
        `the platform asks for ${describe(wanted)}; ${counted(usable.length, 'node')} ${usable.length === 1 ? 'has' : 'have'} ${describe(left)} left${omitted(shut)}`,
        hope ?? `add nodes, or ${smaller}`,
      ),
    ];
  }
  const homeless = placeAll(lasting, free);
  if (homeless.length > 0) {
    return [
      ...crowded,
      warning(
        `there is room for all together, but perhaps not on single nodes for ${some(homeless.map(nameOf))}`,
        hope ?? `add a node, or ${smaller}`,
      ),
    ];
  }
  return [
    ...crowded,
    ok(`${describe(wanted)} asked for, ${describe(left)} left on ${counted(usable.length, 'node')}${omitted(shut)}`),
  ];
}

/** Nodes that accept a pod without tolerations. */
export const usableNodes = (nodes: readonly Node[]): Node[] =>
  nodes.filter(
    ({ spec, status }) =>
      spec?.unschedulable !== true &&
      !(spec?.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule') &&
      (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True') &&
      status?.nodeInfo?.operatingSystem !== 'windows',
  );

function describeShut({ metadata, spec, status }: Node): string {
  if (spec?.unschedulable === true) return `${metadata.name} is cordoned`;
  const taint = (spec?.taints ?? []).find(({ effect }) => effect !== 'PreferNoSchedule');
  if (taint !== undefined) return `${metadata.name} has the taint ${taint.key}`;
  return status?.nodeInfo?.operatingSystem === 'windows'
    ? `${metadata.name} runs Windows`
    : `${metadata.name} is not ready`;
}

const omitted = (shut: readonly Node[]): string =>
  shut.length === 0 ? '' : ` (not counted: ${some(shut.map(describeShut))})`;

/** Pods that remain when the platform is applied. */
function othersOf(platform: Platform, { namespaces = [] }: ClusterFacts, pods: readonly LivePod[]): LivePod[] {
  const names = namespacesOf(platform);
  const ours = new Set(
    namespaces
      .filter((live) => names.has(live.metadata.name) && isOurs(platform, live))
      .map(({ metadata }) => metadata.name),
  );
  return pods.filter(({ metadata }) => !ours.has(metadata.namespace ?? ''));
}

function roomOf({ metadata, status }: Node, pods: readonly LivePod[]): Room {
  const { allocatable = {} } = status ?? {};
  const all = {
    cpu: amountOf(allocatable.cpu ?? 0),
    memory: amountOf(allocatable.memory ?? 0),
    pods: amountOf(allocatable.pods ?? 0),
  };
  return pods
    .filter(({ spec }) => spec.nodeName === metadata.name)
    .reduce<Room>((room, { spec }) => minus(room, ofPod(spec)), all);
}

const ofPod = (pod: Parameters<typeof requestOf>[0]): Room => ({
  cpu: requestOf(pod, 'cpu'),
  memory: requestOf(pod, 'memory'),
  pods: 1,
});

const total = (sets: readonly PodSet[]): Room => sets.map((set) => times(ofPod(set), set.count)).reduce(plus, nothing);

const combine = (a: Room, b: Room, by: (x: number, y: number) => number): Room => ({
  cpu: by(a.cpu, b.cpu),
  memory: by(a.memory, b.memory),
  pods: by(a.pods, b.pods),
});
const plus = (a: Room, b: Room): Room => combine(a, b, (x, y) => x + y);
const minus = (a: Room, b: Room): Room => combine(a, b, (x, y) => x - y);
const largest = (rooms: readonly Room[]): Room => rooms.reduce((a, b) => combine(a, b, Math.max));
const times = (room: Room, factor: number): Room => ({
  cpu: room.cpu * factor,
  memory: room.memory * factor,
  pods: room.pods * factor,
});

// Sums of decimal fractions are not exact.
const fits = (pod: Room, room: Room): boolean => resources.every((resource) => pod[resource] <= room[resource] + 1e-9);

/** Places the largest pods first, each where it leaves the least memory. Returns the owners of pods that do not fit. */
function placeAll(sets: readonly PodSet[], free: readonly Room[]): KubernetesObject[] {
  const rooms = [...free];
  const pods = sets.flatMap((set) => Array.from({ length: set.count }, () => ({ owner: set.owner, room: ofPod(set) })));
  pods.sort((a, b) => b.room.memory - a.room.memory || b.room.cpu - a.room.cpu);
  const homeless = pods.filter(({ room }) => {
    const places = rooms.map((_, index) => index).filter((index) => fits(room, rooms[index] ?? room));
    const [best] = places.sort((a, b) => (rooms[a]?.memory ?? 0) - (rooms[b]?.memory ?? 0));
    const chosen = best === undefined ? undefined : rooms[best];
    if (best === undefined || chosen === undefined) return true;
    rooms[best] = minus(chosen, room);
    return false;
  });
  return [...new Set(homeless.map(({ owner }) => owner))];
}

const describe = ({ cpu, memory, pods }: Room): string =>
  `${formatCores(Math.max(0, cpu))} CPU, ${formatBytes(Math.max(0, memory))} of memory and ${counted(Math.max(0, pods), 'pod')}`;
