import { nameOf as objectName, type KubernetesObject } from '../../lib/kubernetes/object';
import { nameOf, sourcesOf } from '../../programs/credentials/values';
import type { Managed, User } from './managed';

/** Keys whose values are made, not taken from elsewhere. */
export const randomKeys = ({ spec }: Managed): string[] =>
  Object.entries(spec.keys).flatMap(([key, value]) => ('random' in value ? [key] : []));

/** Workloads that restart together. */
export interface Group {
  readonly wave: number;
  readonly kind: string;
  readonly users: readonly User[];
}

/** The users in groups, one after the other; what reads new values by itself is in none. */
export function groupsOf({ users }: Managed): Group[] {
  const groups: Group[] = [];
  for (const user of users.filter(({ how }) => how !== 'later')) {
    const { wave, object } = user;
    const last = groups.at(-1);
    if (last?.wave === wave && last.kind === object.kind)
      groups[groups.length - 1] = { ...last, users: [...last.users, user] };
    else groups.push({ wave, kind: object.kind, users: [user] });
  }
  return groups;
}

/**
 * Why the Secret cannot be rotated, with what to do; undefined where it can.
 *
 * @param secrets every Secret of the platform
 */
export function refusalOf(managed: Managed, secrets: readonly Managed[]): string | undefined {
  const { spec } = managed;
  if (spec.byHand !== undefined) return `${nameOf(spec)}: ${spec.byHand}.`;
  if (randomKeys(managed).length > 0) return undefined;
  const own = new Set(secrets.map((one) => nameOf(one.spec)));
  const sources = [...new Set(Object.values(spec.keys).flatMap(sourcesOf).map(nameOf))].filter((name) => own.has(name));
  return sources.length === 0
    ? undefined
    : `${nameOf(spec)} has no value of its own: rotate ${sources.join(' or ')}, from which it has them.`;
}

/** What a rotation does and what stops meanwhile, as lines for the user. */
export function describeRotation(managed: Managed): string[] {
  const { spec, derived } = managed;
  const random = randomKeys(managed);
  const groups = groupsOf(managed);
  const jobs = groups.filter(({ kind }) => kind === 'Job').flatMap(({ users }) => users);
  const later = managed.users.filter(({ how }) => how === 'later').map(({ object }) => objectName(object));
  return [
    random.length > 0
      ? `new values for ${random.join(', ')} of ${nameOf(spec)}`
      : `the values of today from where ${nameOf(spec)} has them`,
    ...(derived.length === 0 ? [] : [`the same in ${derived.map(nameOf).join(', ')}`]),
    ...groups.flatMap(({ users }) => users.map(stepOf)),
    ...jobs.map(({ object }) => `run ${jobName(object)} again, after which the old values open nothing`),
    ...(later.length === 0 ? [] : [`without a step, by themselves or when their next pod starts: ${later.join(', ')}`]),
    interruptionOf(groups),
  ];
}

function stepOf({ object, how }: User): string {
  if (how === 'run again') return `run ${jobName(object)} again, with the old values valid, too`;
  return `restart ${objectName(object)}${isAway(object) ? ', which is away meanwhile' : ''}`;
}

/** Whether the old pod ends before the new one starts. */
const isAway = ({ kind, spec }: KubernetesObject): boolean => {
  const { replicas = 1, strategy } = (spec ?? {}) as { replicas?: number; strategy?: { type?: string } };
  return kind === 'StatefulSet' ? replicas === 1 : strategy?.type === 'Recreate';
};

/** The server's step is the first. */
function interruptionOf(groups: readonly Group[]): string {
  const [first, ...others] = groups;
  if (first === undefined) return 'Nothing restarts.';
  if (first.kind === 'Job') return 'Old and new values are valid together until everything has restarted.';
  if (others.length === 0 && first.users.length === 1) return 'Nothing else is interrupted.';
  return 'Only one value is valid at a time: until all of them have restarted, who still has the old one is refused.';
}

export const jobName = (job: KubernetesObject): string => objectName(job).replace(/-[0-9a-f]{8}$/, '');

/** The commands that hand new values on, where the Secrets are the user's. */
export function commandsFor(managed: Managed): string[] {
  return groupsOf(managed).flatMap(({ users }) =>
    users.flatMap(({ object: { kind, metadata }, how }) => {
      const of = `kubectl -n ${metadata.namespace ?? ''}`;
      if (how === 'run again') return [`${of} delete job ${metadata.name}`, 'npm run deploy -- --wait'];
      const workload = `${kind.toLowerCase()}/${metadata.name}`;
      return [`${of} rollout restart ${workload}`, `${of} rollout status ${workload}`];
    }),
  );
}
