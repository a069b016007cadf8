/**
 * A Kubernetes structural schema: what a CustomResourceDefinition writes under `openAPIV3Schema`, and what the schemas
 * of the built-in kinds are expanded to. Keywords keep their OpenAPI meaning; two of their defaults differ:
 *
 * - a field that `properties` does not name is an error, unless `x-kubernetes-preserve-unknown-fields` is set;
 * - `null` counts as absent, unless `nullable` is set.
 *
 * `x-kubernetes-validations` (CEL) is not evaluated.
 */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];

  readonly properties?: Readonly<Record<string, Schema>>;
  /**
   * `true`: a map to any value without fields of its own. Kubernetes does not allow `false`: fields are closed by
   * default.
   */
  readonly additionalProperties?: Schema | true;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;

  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;

  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;

  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;

  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;

  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}
