import { referencesOf } from '../../lib/checks/references';
import type { SecretSpec } from '../../lib/graph/secret-spec';
import { bothValidAnnotation } from '../../lib/graph/program-job';
import type { CustomResources } from '../../lib/kubernetes/custom-resource';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import type { OutputFile } from '../../lib/output/collect';
import { didYouMean } from '../../lib/schema/closest';
import { order } from '../../programs/credentials/specs';
import { nameOf, sourcesOf } from '../../programs/credentials/values';

/** What uses a Secret, and how it gets new values. */
export interface User {
  readonly object: KubernetesObject;
  /** The lower ones first: a server is in a wave before its clients. */
  readonly wave: number;
  /** `later`: it, or what an operator makes of it, reads them by itself, at the latest when its next pod starts. */
  readonly how: 'restart' | 'run again' | 'later';
}

/** A Secret of the platform, with all that depends on its values. */
export interface Managed {
  readonly spec: SecretSpec;
  /** Secrets with values from it, also by way of others; each after those that it takes values from. */
  readonly derived: readonly SecretSpec[];
  /** What reads it or one of those, in the order in which new values reach them. */
  readonly users: readonly User[];
}

/** The part of a synthesis that Secrets are read off. */
export interface Platform {
  readonly files: readonly OutputFile[];
  readonly secrets: readonly SecretSpec[];
  readonly customResources: CustomResources;
}

/** Every Secret of a platform. */
export function managedSecrets({ files, secrets, customResources }: Platform): Managed[] {
  const users = new Map<string, User[]>();
  for (const { wave, objects } of files)
    for (const object of objects) {
      const how = howOf(object);
      for (const { kind, namespace = '', name } of referencesOf(object, customResources)) {
        if (kind !== 'Secret' || how === undefined) continue;
        const id = nameOf({ namespace, name });
        users.set(id, [...(users.get(id) ?? []), { object, wave, how }]);
      }
    }
  const sorted = order(secrets);
  return secrets.map((spec) => {
    const derived = derivedFrom(spec, sorted);
    const found = [spec, ...derived].flatMap((one) => users.get(nameOf(one)) ?? []);
    const once = [...new Map(found.map((user) => [user.object, user])).values()];
    return { spec, derived, users: once.sort((a, b) => a.wave - b.wave || rank(a) - rank(b)) };
  });
}

/**
 * The Secret of that name.
 *
 * @param name with or without its namespace
 * @throws Error for the user
 */
export function secretNamed(all: readonly Managed[], name: string): Managed {
  const called = all.filter(({ spec }) => name === spec.name || name === nameOf(spec));
  // A copy may have the name of its origin, in another namespace.
  const found = called.filter(({ spec }) => !called.some(({ derived }) => derived.includes(spec)));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const names = (found.length === 0 ? all : found).map(({ spec }) => nameOf(spec));
  const problem =
    found.length === 0 ? `is no Secret of the platform${didYouMean(name, names)}` : 'is in more than one namespace';
  throw new Error(`${name}: ${problem}. Give one of: ${names.join(', ')}.`);
}

function derivedFrom(spec: SecretSpec, sorted: readonly SecretSpec[]): SecretSpec[] {
  const origins = new Set([nameOf(spec)]);
  return sorted.filter((one) => {
    const isDerived =
      one !== spec &&
      Object.values(one.keys)
        .flatMap(sourcesOf)
        .some((source) => origins.has(nameOf(source)));
    if (isDerived) origins.add(nameOf(one));
    return isDerived;
  });
}

function howOf({ kind, metadata }: KubernetesObject): User['how'] | undefined {
  if (kind === 'Job') return metadata.annotations?.[bothValidAnnotation] === undefined ? undefined : 'run again';
  if (kind === 'ServiceAccount') return undefined;
  return ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind) ? 'restart' : 'later';
}

/** Within a wave: databases, then what is built on them, then what tells a server about new values. */
const rank = ({ object: { kind } }: User): number => ['StatefulSet', 'DaemonSet', 'Deployment', 'Job'].indexOf(kind);
