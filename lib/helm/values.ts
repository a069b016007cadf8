/**
 * The values of a Helm chart as `cdk8s import` types them, with plain strings and numbers in place of its enums, which
 * would otherwise have to be imported one by one.
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
 * Checked values, as helm reads them.
 *
 * @param toJson the generated function that gives each key its spelling in the chart
 */
export function helmValues<T>(toJson: (values: T) => unknown, values: Values<T>): object {
  return toJson(values as T) as object;
}

/** Values with others over them, as helm puts several files together: objects are merged, all else is replaced. */
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
