import type { SecretSpec, ValueSpec } from '../../lib/graph/secret-spec';
import { nameOf, placeholderOf, sourcesOf, splitTemplate } from './values';

// The API server's rules for names and sizes: apimachinery pkg/util/validation (DNS1123Label, DNS1123Subdomain,
// IsConfigMapKey), and core/v1 MaxSecretSize, which counts the values.
const LABEL = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const KEY = /^(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}$/;
const MAX_BYTES = 1024 * 1024;
/** 16 letters and digits are 95 bits. */
const MIN_RANDOM = 16;

/** Everything that is wrong with a list of Secrets, one line each; empty if it is valid. */
export function validateSpecs(list: unknown): string[] {
  if (!Array.isArray(list)) return ['the list of Secrets must be a JSON array'];
  const shapes = list.map((item: unknown, index) => shapeProblems(item, `#${index + 1}`));
  // Only well-formed items can be checked further.
  const specs = list.filter((_, index) => shapes[index]?.length === 0) as SecretSpec[];
  return [...shapes.flat(), ...duplicates(specs), ...unknownReferences(specs), ...cycles(specs)];
}

/** One list of several. What ends one list and begins the next is one Secret, whose keys are too many for a list. */
export function joinLists(lists: readonly (readonly unknown[])[]): unknown[] {
  return lists.reduce<unknown[]>((joined, [first, ...others]) => {
    const last = joined.at(-1);
    const goesOn = isRecord(last) && isRecord(first) && last.namespace === first.namespace && last.name === first.name;
    if (!goesOn || !isRecord(last.keys) || !isRecord(first.keys))
      return [...joined, ...(first === undefined ? [] : [first]), ...others];
    return [...joined.slice(0, -1), { ...last, keys: { ...last.keys, ...first.keys } }, ...others];
  }, []);
}

/** Sorts Secrets so that each follows those that it takes values from. */
export function order(specs: readonly SecretSpec[]): SecretSpec[] {
  const byName = new Map(specs.map((spec) => [nameOf(spec), spec]));
  return walk(secretGraph(specs)).sorted.map((name) => byName.get(name) as SecretSpec);
}

function shapeProblems(item: unknown, place: string): string[] {
  if (!isRecord(item)) return [`${place}: must be an object with namespace, name and keys`];
  const { namespace, name, type, keys } = item;
  const at = typeof namespace === 'string' && typeof name === 'string' ? `${namespace}/${name}` : place;
  const problems: string[] = [];
  if (!matches(namespace, LABEL)) problems.push(`${at}: namespace ${show(namespace)} must be a DNS label`);
  if (!matches(name, SUBDOMAIN)) problems.push(`${at}: name ${show(name)} must be a DNS name in lower case`);
  if (type !== undefined && typeof type !== 'string') problems.push(`${at}: type ${show(type)} must be text`);
  for (const field of ['labels', 'annotations']) {
    const texts = item[field] ?? {};
    const valid = isRecord(texts) && Object.values(texts).every((text) => typeof text === 'string');
    if (!valid) problems.push(`${at}: ${field} must be an object of texts`);
  }
  if (!isRecord(keys) || Object.keys(keys).length === 0) return [...problems, `${at}: keys must name at least one key`];
  let bytes = 0;
  for (const [key, value] of Object.entries(keys)) {
    if (!KEY.test(key)) problems.push(`${at}: key ${show(key)} must be 1 to 253 of A-Z a-z 0-9 - _ . (not . or ..)`);
    const wrong = valueProblems(value);
    problems.push(...wrong.map((problem) => `${at}: key ${key}: ${problem}`));
    if (wrong.length === 0) bytes += leastBytes(value as ValueSpec);
  }
  if (bytes > MAX_BYTES) problems.push(`${at}: its values have ${bytes} bytes; a Secret holds ${MAX_BYTES} at most`);
  return problems;
}

function valueProblems(value: unknown): string[] {
  const kinds = ['random', 'value', 'copyOf', 'template', 'jwt'].filter((kind) => isRecord(value) && kind in value);
  if (!isRecord(value) || kinds.length !== 1)
    return ['must have exactly one of random, value, copyOf, template and jwt'];
  switch (kinds[0]) {
    case 'random': {
      const length = value.random;
      const valid = Number.isInteger(length) && Number(length) >= MIN_RANDOM && Number(length) <= MAX_BYTES;
      const { formerly = { value: '', beside: 'key' } } = value;
      const isFormer = isRecord(formerly) && typeof formerly.value === 'string' && matches(formerly.beside, KEY);
      return [
        ...(valid ? [] : [`random ${show(length)} must be a whole number from ${MIN_RANDOM} to ${MAX_BYTES}`]),
        ...(isFormer ? [] : ['formerly must have a text value, and a valid key beside']),
      ];
    }
    case 'value':
      return typeof value.value === 'string' ? [] : ['value must be text'];
    case 'copyOf':
      return isReference(value.copyOf) ? [] : ['copyOf must be a valid namespace, name and key'];
    case 'jwt':
      return tokenProblems(value);
    default:
      return templateProblems(value);
  }
}

function templateProblems({ template, values, encode }: Record<string, unknown>): string[] {
  if (typeof template !== 'string' || !isRecord(values)) return ['template must be text, and values an object'];
  const parts = splitTemplate(template);
  const used = new Set(parts.flatMap((part) => placeholderOf(part) ?? []));
  const given = Object.entries(values);
  return [
    ...parts
      .filter((part) => part === '{' || part === '}')
      .map((brace) => `template has a single ${brace}; write ${brace}${brace} for the brace itself`),
    ...[...used].filter((name) => !Object.hasOwn(values, name)).map((name) => `values lacks {${name}} of the template`),
    ...given.filter(([name]) => !used.has(name)).map(([name]) => `template does not use {${name}} of values`),
    ...given
      .filter(([, source]) => !isReference(source))
      .map(([name]) => `values.${name} must be a valid namespace, name and key`),
    ...(['url', 'none', undefined].includes(encode as undefined) ? [] : [`encode ${show(encode)} must be url or none`]),
  ];
}

function tokenProblems({ jwt, signedWith }: Record<string, unknown>): string[] {
  const isClaim = (claim: unknown) => ['string', 'number'].includes(typeof claim) || isReference(claim);
  const valid = isRecord(jwt) && Object.values(jwt).every(isClaim);
  return [
    ...(valid ? [] : ['jwt must be an object of texts, numbers and valid namespaces, names and keys']),
    ...(isReference(signedWith) ? [] : ['signedWith must be a valid namespace, name and key']),
  ];
}

/** Least size of a value in bytes. The size of copied values is known only in the cluster. */
function leastBytes(value: ValueSpec): number {
  if ('random' in value) return value.random;
  if ('value' in value) return Buffer.byteLength(value.value);
  if ('copyOf' in value || 'jwt' in value) return 0;
  return Buffer.byteLength(
    splitTemplate(value.template)
      .filter((part) => !placeholderOf(part))
      .join(''),
  );
}

function duplicates(specs: readonly SecretSpec[]): string[] {
  const names = specs.map(nameOf);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map((name) => `${name}: is listed more than once; put all its keys into one entry`);
}

function unknownReferences(specs: readonly SecretSpec[]): string[] {
  const keys = new Map(specs.map((spec) => [nameOf(spec), spec.keys]));
  return specs.flatMap((spec) =>
    Object.entries(spec.keys).flatMap(([key, value]) =>
      sourcesOf(value)
        .filter((source) => !Object.hasOwn(keys.get(nameOf(source)) ?? { [source.key]: true }, source.key))
        .map((source) => `${nameOf(spec)}: key ${key}: ${nameOf(source)} has no key ${source.key}`),
    ),
  );
}

function cycles(specs: readonly SecretSpec[]): string[] {
  const between = walk(secretGraph(specs)).cycles.map(
    (names) => `${names.join(' → ')}: take values from each other; move the shared key to a Secret of its own`,
  );
  const within = specs.flatMap((spec) =>
    walk(keyGraph(spec)).cycles.map((keys) => `${nameOf(spec)}: keys ${keys.join(' → ')} take values from each other`),
  );
  return [...between, ...within];
}

/** Node → the nodes that it takes values from. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** A Secret is written at once, so it depends on other Secrets as a whole. */
function secretGraph(specs: readonly SecretSpec[]): Graph {
  const names = new Set(specs.map(nameOf));
  return new Map(
    specs.map((spec) => {
      const sources = Object.values(spec.keys).flatMap(sourcesOf).map(nameOf);
      return [nameOf(spec), sources.filter((source) => source !== nameOf(spec) && names.has(source))];
    }),
  );
}

function keyGraph(spec: SecretSpec): Graph {
  const own = (value: ValueSpec) => sourcesOf(value).filter((source) => nameOf(source) === nameOf(spec));
  return new Map(Object.entries(spec.keys).map(([key, value]) => [key, own(value).map((source) => source.key)]));
}

function walk(graph: Graph): { readonly sorted: string[]; readonly cycles: string[][] } {
  const sorted = new Set<string>();
  const found: string[][] = [];
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) found.push([...path.slice(path.indexOf(node)), node]);
    else if (!sorted.has(node)) {
      graph.get(node)?.forEach((source) => {
        visit(source, [...path, node]);
      });
      sorted.add(node);
    }
  };
  for (const node of graph.keys()) visit(node, []);
  return { sorted: [...sorted], cycles: found };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const matches = (value: unknown, pattern: RegExp): boolean => typeof value === 'string' && pattern.test(value);

const isReference = (value: unknown): boolean =>
  isRecord(value) && matches(value.namespace, LABEL) && matches(value.name, SUBDOMAIN) && matches(value.key, KEY);

const show = (value: unknown): string => JSON.stringify(value);
