import type { z } from 'zod';
import type { Path } from './path';

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

/** Keys that the schema knows at a path, whichever shape of a union they belong to. */
export function knownKeys(schema: z.ZodType, path: Path): string[] {
  const keys = schemasAt(schema, path).flatMap(({ shape, def }) =>
    Object.keys(shape ?? def.keyType?.def.entries ?? {}),
  );
  return [...new Set(keys)];
}

/** The smallest value that is valid at a path: what the user could write there. */
export function exampleAt(schema: z.ZodType, path: Path): unknown {
  const schemas = schemasAt(schema, path);
  return smallest(schemas.find(isObject) ?? schemas[0]);
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

function schemasAt(schema: z.ZodType, path: Path): Node[] {
  let schemas = unwrap(schema as unknown as Node);
  for (const key of path) {
    schemas = schemas.flatMap(({ shape = {}, element, def }) => {
      const next = typeof key === 'number' ? element : Object.hasOwn(shape, key) ? shape[key] : def.valueType;
      return next === undefined ? [] : unwrap(next);
    });
  }
  return schemas;
}

/** The schemas behind defaults, optionals, transformations and unions. */
function unwrap(schema: Node): Node[] {
  const { innerType, in: input, options } = schema.def;
  const inner = innerType ?? input;
  if (inner !== undefined) return unwrap(inner);
  return options === undefined ? [schema] : options.flatMap(unwrap);
}
