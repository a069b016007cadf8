import type { z } from 'zod';
import { hasKey, valueAt, type Path } from './path';

/** The properties of a zod schema that are read here, whatever its type. */
interface Node {
  readonly def: {
    /** The schema inside optional, default and prefault. */
    readonly innerType?: Node;
    /** The input schema of a transformation. */
    readonly in?: Node;
    /** The branches of a union. */
    readonly options?: readonly Node[];
    readonly values?: readonly unknown[];
    readonly entries?: Readonly<Record<string, unknown>>;
    readonly keyType?: Node;
    readonly valueType?: Node;
  };
  readonly shape?: Readonly<Record<string, Node>>;
  readonly element?: Node;
  /** `optional` where the value may be absent. */
  readonly _zod: { readonly optin?: 'optional' };
  readonly meta?: () => { readonly examples?: readonly unknown[] } | undefined;
}

/** The key and value that select a branch of a union: `{ key: 'type', value: 'ingress' }`. */
export interface Choice {
  readonly key: string;
  readonly value: unknown;
}

/** The schema's keys at a path, in the branches that the input selects. */
export const knownKeys = (schema: z.ZodType, path: Path, input: unknown): string[] =>
  keysOf(chosen(schemasAt(schema, path, input), valueAt(input, path)));

/** Keys at a path that exist only in branches that the input does not select, each with those branches. */
export function otherKeys(schema: z.ZodType, path: Path, input: unknown): ReadonlyMap<string, readonly Choice[]> {
  const branches = schemasAt(schema, path, input);
  const known = knownKeys(schema, path, input);
  const others = keysOf(branches).filter((key) => !known.includes(key));
  const choicesOf = (key: string) => branches.filter((node) => keysOf([node]).includes(key)).flatMap(choices);
  return new Map(others.map((key) => [key, choicesOf(key)]));
}

/** The smallest valid value at a path, as a suggestion for the user. */
export function exampleAt(schema: z.ZodType, path: Path, input: unknown): unknown {
  const schemas = schemasAt(schema, path, input);
  return smallest(schemas.find(isObject) ?? schemas[0]);
}

/** Sorts items by the schema's order of their paths. Unknown keys follow the known ones of the same object. */
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

/** The schemas at a path: all branches of a union at its end, and the selected branches on the way. */
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

/** The branches that a value selects, or all where it selects none. */
function chosen(branches: readonly Node[], value: unknown): readonly Node[] {
  const fitting = branches.filter((branch) =>
    choices(branch).every((choice) => !hasKey(value, choice.key) || value[choice.key] === choice.value),
  );
  return fitting.length === 0 ? branches : fitting;
}

/** The keys of a branch that allow one word only, and so select it. */
const choices = ({ shape = {} }: Node): Choice[] =>
  Object.entries(shape).flatMap(
    ([
      key,
      {
        def: { values = [] },
      },
    ]) => values.filter((value) => typeof value === 'string').map((value) => ({ key, value })),
  );

/** The schemas inside defaults, optionals, transformations and unions. */
function unwrap(schema: Node): Node[] {
  const { innerType, in: input, options } = schema.def;
  const inner = innerType ?? input;
  if (inner !== undefined) return unwrap(inner);
  return options === undefined ? [schema] : options.flatMap(unwrap);
}
