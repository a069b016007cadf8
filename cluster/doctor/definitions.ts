import type { LiveObject } from '../../lib/kubernetes/live-object';
import { isCrd, type KubernetesObject } from '../../lib/kubernetes/object';
import { about, groupBy, some, type Finding } from './finding';
import type { ClusterFacts } from './facts';
import { isOurs, makerOf, type Platform } from './platform';

const { problem, warning, ok } = about('definitions');

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly versions: readonly Version[];
    readonly conversion?: { readonly strategy?: string };
  };
  readonly status?: { readonly storedVersions?: readonly string[] };
}

/** The effect of applying our definition over an existing one. */
interface Verdict {
  readonly name: string;
  readonly group: string;
  readonly maker: string;
  /** Definitions with the same text share a finding. */
  readonly what: string;
  readonly severity: 'problem' | 'warning' | 'ok';
  readonly remedy: string;
}

/** Compares existing definitions of custom resources with ours. */
export function examineDefinitions(platform: Platform, { existing }: ClusterFacts): Finding[] {
  const found = [...existing].filter(([object]) => isCrd(object));
  const verdicts = found.map(([object, live]) => judge(platform, object, live));
  const open = verdicts.filter(({ severity }) => severity !== 'ok');
  if (open.length === 0) {
    const count = platform.objects.filter(isCrd).length;
    return count === 0
      ? []
      : [ok(found.length === 0 ? 'none of ours is there yet' : `${found.length} are there, like ours`)];
  }
  return [...groupBy(open, ({ maker, group, what }) => `${maker} ${group} ${what}`).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const names = some(same.map(({ name }) => name));
    const text = `${names} (made by ${first.maker}): ${first.what}`;
    return [first.severity === 'problem' ? problem(text, first.remedy) : warning(text, first.remedy)];
  });
}

function judge(platform: Platform, object: KubernetesObject, live: LiveObject): Verdict {
  const [ours, theirs] = [object, live] as unknown as [Definition, Definition];
  const { group } = ours.spec;
  const said = { name: object.metadata.name, group, maker: makerOf(live) };
  const use = 'use the installation that it belongs to (external in config.ts), or remove that with its definitions';
  if (live.metadata.deletionTimestamp !== undefined) {
    const remedy = 'wait until it is gone; what keeps it are objects of its kind with finalizers';
    return { ...said, severity: 'problem', what: 'is being deleted', remedy };
  }
  const stored = (theirs.status?.storedVersions ?? []).filter((version) => !namesOf(ours).includes(version));
  if (stored.length > 0) {
    const what = `objects are stored in ${stored.join(', ')}, which ours lacks: the API server would refuse it`;
    return { ...said, severity: 'problem', what, remedy: use };
  }
  const ourselves = isOurs(platform, live);
  const lost = [...served(theirs)].filter((version) => !served(ours).has(version));
  if (lost.length > 0) {
    return { ...said, severity: 'problem', what: `serves ${lost.join(', ')}, which ours does not`, remedy: use };
  }
  const [more, fewer] = [fieldsOf(theirs, ours), fieldsOf(ours, theirs)];
  if (more.length > 0 && !ourselves) {
    const what = `knows fields that ours does not, which objects of others would lose: ${some(more)}`;
    return { ...said, severity: 'problem', what, remedy: use };
  }
  if (theirs.spec.conversion?.strategy === 'Webhook' && ours.spec.conversion?.strategy !== 'Webhook') {
    return { ...said, severity: 'problem', what: 'converts its versions by a webhook, and ours does not', remedy: use };
  }
  if (ourselves) return { ...said, severity: 'ok', what: '', remedy: '' };
  const adds = [...served(ours)].filter((version) => !served(theirs).has(version));
  const what =
    fewer.length + adds.length > 0 ? `is older than ours, which adds ${some([...adds, ...fewer])}` : 'is like ours';
  const remedy =
    'it would be shared: whoever removes the other installation with its definitions removes what is ours too; ' +
    `or ${use}`;
  return { ...said, severity: 'warning', what, remedy };
}

const namesOf = ({ spec }: Definition): string[] => spec.versions.map(({ name }) => name);

const served = ({ spec }: Definition): Set<string> =>
  new Set(spec.versions.filter((version) => version.served).map(({ name }) => name));

/** Fields of a definition that another one lacks, in the versions that both have: the topmost of each branch. */
function fieldsOf(one: Definition, other: Definition): string[] {
  return one.spec.versions.flatMap(({ name, schema }) => {
    const theirs = other.spec.versions.find((version) => version.name === name);
    if (theirs === undefined) return [];
    return missingIn(schema?.openAPIV3Schema, theirs.schema?.openAPIV3Schema, '').map(
      (path) => `${path.slice(1)} of ${name}`,
    );
  });
}

function missingIn(schema: Schema | undefined, other: Schema | undefined, path: string): string[] {
  if (schema === undefined || other === undefined) return [];
  // A schema that allows any field lacks none.
  if ((other as Readonly<Record<string, unknown>>)['x-kubernetes-preserve-unknown-fields'] === true) return [];
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const counterpart = other.properties?.[name];
    // The API server itself defines these.
    if (path === '' && ['apiVersion', 'kind', 'metadata'].includes(name)) return [];
    return counterpart === undefined ? [`${path}.${name}`] : missingIn(field, counterpart, `${path}.${name}`);
  });
  const values = ({ additionalProperties: inner }: Schema): Schema | undefined =>
    typeof inner === 'object' ? inner : undefined;
  return [
    ...fields,
    ...missingIn(schema.items, other.items, `${path}[]`),
    ...missingIn(values(schema), values(other), `${path}.*`),
  ];
}
