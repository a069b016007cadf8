import type { Schema } from './schema';

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: Schema };
    }[];
  };
}

/**
 * The schemas of a CustomResourceDefinition's served versions, by `apiVersion/kind` of the custom resources.
 *
 * @param crd an `apiextensions.k8s.io/v1` CustomResourceDefinition that is valid against its own built-in schema
 */
export function customSchemas(crd: unknown): ReadonlyMap<string, Schema> {
  const { group, names, versions } = (crd as CustomResourceDefinition).spec;
  return new Map(
    versions
      .filter(({ served }) => served)
      .map(({ name, schema }) => [
        `${group}/${name}/${names.kind}`,
        asResource(schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
      ]),
  );
}

/** The root of a custom resource is an object with a name, whether or not its schema says so. */
function asResource(schema: Schema): Schema {
  const metadata = schema.properties?.metadata;
  return {
    ...schema,
    properties: {
      ...schema.properties,
      metadata: {
        type: 'object',
        ...metadata,
        properties: { name: { type: 'string' }, ...metadata?.properties },
        required: ['name', ...(metadata?.required ?? [])],
      },
    },
    required: ['metadata', ...(schema.required ?? [])],
    'x-kubernetes-embedded-resource': true,
  };
}
