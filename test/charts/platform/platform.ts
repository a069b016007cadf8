import { synthesize } from '../../../charts/synthesize';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { creditcard, merge, parse, smallest, type Loose } from '../../support/config';

// The tests of this folder throw every switch of the config, alone or with one other. `synthesize` checks everything that
// it makes and throws when a rule is broken, so each test asserts only what its switch is for.

export const watched = { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 } } };

type Platform = Awaited<ReturnType<typeof make>>;

const made = new Map<string, Promise<Platform>>();

/** The complete platform with one watched model and some keys of its own, made once for each test file. */
export function platform(keys: object = {}): Promise<Platform> {
  const id = JSON.stringify(keys);
  const known = made.get(id) ?? make(keys);
  made.set(id, known);
  return known;
}

async function make(keys: object) {
  const { files, contents, secrets, addresses } = await synthesize(
    parse(merge(merge(smallest, { models: [watched] }), keys) as object),
  );
  const objects = files.flatMap((file) => file.objects);
  const named = (kind: string, name: string): Loose =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  return {
    names: files.map(({ name }) => name),
    text: [...contents.values()].join(''),
    objects,
    secrets,
    addresses,
    has: (kind: string, name: string): boolean => named(kind, name) !== undefined,
    /** The object of this kind and name. */
    get: (kind: string, name: string): Loose => {
      const object: unknown = named(kind, name);
      if (object === undefined) throw new Error(`no ${kind} ${name} in ${objects.map(nameOf).join(', ')}`);
      return object;
    },
  };
}

export const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;
