import type { z } from 'zod';
import { hasKey, valueAt, type Path } from './path';

/** The parts of a zod schema that are read here, whatever its type. */
interface Node {
  readonly def: {
    /** Behind optional, default and prefault. */
    readonly innerType?: Node;
    /** Behind a transformation. */
    readonly in?: Node;
    /** Of a union. */
    readonly options?: readonly Node[];
    readonly values?: readonly unknown[];
    readonly entries?: Readonly<Record<string, unknown>>;
    readonly keyType?: Node;
    readonly valueType?: Node;
  };
  readonly shape?: Readonly<Record<string, Node>>;
  readonly element?: Node;
  /** `optional` where the value may be left out. */
  readonly _zod: { readonly optin?: 'optional' };
  readonly meta?: () => { readonly examples?: readonly unknown[] } | undefined;
}

/** A branch of a union, by what chooses it: `{ key: 'type', value: 'ingress' }`. */
export interface Choice {
  readonly key: string;
  readonly value: unknown;
}

/** Keys that the schema knows at a path, in the branches of unions that the input has chosen. */
export const knownKeys = (schema: z.ZodType, path: Path, input: unknown): string[] =>
  keysOf(chosen(schemasAt(schema, path, input), valueAt(input, path)));

/** Keys that only other branches know at a path than the one that the input has chosen, each with those branches. */
export function otherKeys(schema: z.ZodType, path: Path, input: unknown): ReadonlyMap<string, readonly Choice[]> {
  const branches = schemasAt(schema, path, input);
  const known = knownKeys(schema, path, input);
  const others = keysOf(branches).filter((key) => !known.includes(key));
  const choicesOf = (key: string) => branches.filter((node) => keysOf([node]).includes(key)).flatMap(choices);
  return new Map(others.map((key) => [key, choicesOf(key)]));
}

/** The smallest value that is valid at a path: what the user could write there. */
export function exampleAt(schema: z.ZodType, path: Path, input: unknown): unknown {
  const schemas = schemasAt(schema, path, input);
  return smallest(schemas.find(isObject) ?? schemas[0]);
}

/** Sorts by where the schema has a path. Unknown keys come behind the known ones beside them. */
export function inOrder<Item extends { readonly path: Path }>(schema: z.ZodType, items: readonly Item[]): Item[] {
  const ranked = items.map((item) => ({ item, ranks: ranksOf(schema, item.path) }));
  return ranked.sort((left, right) => compare(left.ranks, right.ranks)).map(({ item }) => item);
}

function ranksOf(schema: z.ZodType, path: Path): number[] {
  let schemas = unwrap(schema as unknown as Node);
  return path.map((key) => {
    const keys = keysOf(schemas);
    schemas = below(schemas, key);
    if (typeof key === 'number') return key;
    return keys.includes(key) ? keys.indexOf(key) : keys.length;
  });
}

function compare(left: readonly number[], right: readonly number[]): number {
  const differing = left.findIndex((rank, index) => rank !== right[index]);
  return differing < 0 ? left.length - right.length : (left[differing] ?? 0) - (right[differing] ?? -1);
}

function smallest(schema: Node | undefined): unknown {
  if (schema === undefined || schema.def.keyType !== undefined) return {};
  const [example] = schema.meta?.()?.examples ?? schema.def.values ?? Object.values(schema.def.entries ?? {});
  if (example !== undefined) return example;
  if (schema.shape !== undefined) {
    const required = Object.entries(schema.shape).filter(([, inner]) => inner._zod.optin === undefined);
    return Object.fromEntries(required.map(([key, inner]) => [key, smallest(unwrap(inner)[0])]));
  }
  return schema.element === undefined ? undefined : [];
}

const isObject = ({ shape, def }: Node): boolean => shape !== undefined || def.keyType !== undefined;

const keysOf = (schemas: readonly Node[]): string[] => [
  ...new Set(schemas.flatMap(({ shape, def }) => Object.keys(shape ?? def.keyType?.def.entries ?? {}))),
];

/** All branches of a union that end the path; on the way there, those that the input has chosen. */
function schemasAt(schema: z.ZodType, path: Path, input: unknown): Node[] {
  let schemas = unwrap(schema as unknown as Node);
  for (const [index, key] of path.entries()) {
    schemas = below(chosen(schemas, valueAt(input, path.slice(0, index))), key);
  }
  return schemas;
}

const below = (schemas: readonly Node[], key: string | number): Node[] =>
  schemas.flatMap(({ shape = {}, element, def }) => {
    const next = typeof key === 'number' ? element : Object.hasOwn(shape, key) ? shape[key] : def.valueType;
    return next === undefined ? [] : unwrap(next);
  });

/** The branches that a value has not decided against; all where it has chosen none of them. */
function chosen(branches: readonly Node[], value: unknown): readonly Node[] {
  const fitting = branches.filter((branch) =>
    choices(branch).every((choice) => !hasKey(value, choice.key) || value[choice.key] === choice.value),
  );
  return fitting.length === 0 ? branches : fitting;
}

/** The keys of a branch that have one value, which sets it apart. */
const choices = ({ shape = {} }: Node): Choice[] =>
  Object.entries(shape).flatMap(([key, { def }]) => (def.values ?? []).map((value) => ({ key, value })));

/** The schemas behind defaults, optionals, transformations and unions. */
function unwrap(schema: Node): Node[] {
  const { innerType, in: input, options } = schema.def;
  const inner = innerType ?? input;
  if (inner !== undefined) return unwrap(inner);
  return options === undefined ? [schema] : options.flatMap(unwrap);
}
