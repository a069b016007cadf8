import type { SecretKeyRef, ValueSpec } from '../graph/secret-spec';
import type { Service } from '../kubernetes/kube-service';
import { nameOf } from '../kubernetes/object';
import { pathOf } from '../kubernetes/texts';
import type { Keys, OutputIndex } from './output-index';
import type { Reference } from './references';
import type { Rule } from './rule';

/** Whatever an object refers to by name exists, with the keys and ports that are asked for. */
export const danglingViolations: Rule = (index) => [
  ...index.references.flatMap((reference) => {
    const problem = problemOf(index, reference);
    return problem === undefined ? [] : [`${nameOf(reference.from)}: ${reference.as} ${problem}`];
  }),
  ...index.output.secrets.flatMap((secret) =>
    Object.entries(secret.keys).flatMap(([key, value]) =>
      sourcesOf(value).flatMap((source) => {
        const problem = sourceProblem(index, source);
        return problem === undefined ? [] : [`Secret/${secret.namespace}/${secret.name}: key ${key} ${problem}`];
      }),
    ),
  ),
  ...qualifiedNames(index),
];

function problemOf(index: OutputIndex, reference: Reference): string | undefined {
  const { kind, namespace, name } = reference;
  if (kind === 'Secret') return secretProblem(index, reference);
  if (kind === 'Service') {
    const service = index.service(namespace ?? '', name);
    if (service !== undefined) return portProblem(service, reference.port);
  }
  if (!index.exists(kind, namespace, name))
    return `names ${kind} ${name}, which nothing makes (${remedies[kind] ?? remedy})`;
  const object = kind === 'ConfigMap' ? index.find(kind, namespace, name) : undefined;
  if (object === undefined) return undefined;
  const keys = Object.keys({ ...(object.data as object), ...(object.binaryData as object) });
  return keyProblem(kind, name, new Set(keys), reference.keys);
}

const remedy = 'correct the name or add the object';
const remedies: Readonly<Record<string, string>> = {
  StorageClass: 'correct the name or set cluster.storageClass in the config',
};

function secretProblem(index: OutputIndex, { namespace = '', name, keys }: Reference): string | undefined {
  const known = index.secretKeys(namespace, name);
  if (known !== undefined) return keyProblem('Secret', name, known, keys);
  if (index.isExternal(namespace)) return undefined;
  return `names Secret ${name}, which nothing makes (declare a Credential in ${namespace})`;
}

function keyProblem(kind: string, name: string, known: Keys, keys: readonly string[] = []): string | undefined {
  if (known === 'any') return undefined;
  const missing = keys.filter((key) => !known.has(key));
  if (missing.length === 0) return undefined;
  return `asks ${kind} ${name} for key ${missing.join(', ')} (it has ${[...known].join(', ') || 'none'})`;
}

/** What is wrong with asking a Service for a port; undefined when nothing is. */
export function portProblem({ name, ports }: Service, port: number | string | undefined): string | undefined {
  if (port === undefined || ports.some((known) => known.port === port || known.name === port)) return undefined;
  const known = ports.map((item) => (item.name === undefined ? item.port : `${item.port} (${item.name})`));
  return `asks Service ${name} for port ${port} (it has ${known.join(', ') || 'none'})`;
}

function sourcesOf(value: ValueSpec): readonly SecretKeyRef[] {
  if ('copyOf' in value) return [value.copyOf];
  if ('jwt' in value)
    return [...Object.values(value.jwt).filter((claim) => typeof claim === 'object'), value.signedWith];
  return 'template' in value ? Object.values(value.values) : [];
}

function sourceProblem(index: OutputIndex, { namespace, name, key }: SecretKeyRef): string | undefined {
  const known = index.secretKeys(namespace, name);
  if (known === undefined) {
    return `takes its value from Secret ${namespace}/${name}, which nothing makes (declare it, or name it in the config)`;
  }
  return keyProblem('Secret', `${namespace}/${name}`, known, [key]);
}

/** `namespace/name` as a whole text or flag, as operators are told of an object: something has that name there. */
function qualifiedNames(index: OutputIndex): string[] {
  const known = new Set(index.objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return index.texts.flatMap(({ owner, text, place }) => {
    const [, namespace = '', name = ''] = /^(?:--[\w-]+=)?([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
    if (!index.owns(namespace) || known.has(`${namespace}/${name}`) || index.service(namespace, name)) return [];
    return [`${owner}: ${pathOf(place)} names ${namespace}/${name}, which nothing makes (${remedy})`];
  });
}
