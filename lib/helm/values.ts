/**
 * The values of a Helm chart as typed by `cdk8s import`, with plain strings and numbers instead of its enums, which
 * would have to be imported one by one.
 */
export type Values<T> = T extends string
  ? `${T}`
  : T extends number
    ? number
    : T extends readonly (infer Item)[]
      ? readonly Values<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Values<T[Key]> }
        : T;

/**
 * Type-checked values in the form that helm reads.
 *
 * @param toJson generated function that restores the chart's spelling of each key
 */
export function helmValues<T>(toJson: (values: T) => unknown, values: Values<T>): object {
  return toJson(values as T) as object;
}

/** Merges values as helm merges several files: objects are merged, everything else is replaced. */
export function mergeValues(values: object, others: object): object {
  const merged: Record<string, unknown> = { ...values };
  for (const [key, value] of Object.entries(others)) {
    const own = merged[key];
    merged[key] = isObject(own) && isObject(value) ? mergeValues(own, value) : value;
  }
  return merged;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
