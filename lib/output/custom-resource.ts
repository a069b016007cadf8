import type { KubernetesObject } from '../kubernetes/object';

/** What is to know of a kind of custom resource that an operator makes pods of. */
export interface CustomResource {
  /** Such as `monitoring.coreos.com/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /**
   * Fields of its `spec` that are fields of the pods and mean the same there.
   * @default none: the pods have a template of their own, which the chart that writes the object completes
   */
  readonly podFields?: readonly string[];
}

/** By `apiVersion/kind`. */
export type CustomResources = ReadonlyMap<string, CustomResource>;

export const keyOf = ({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string =>
  `${apiVersion}/${kind}`;

export const customResourcesOf = (kinds: readonly CustomResource[]): CustomResources =>
  new Map(kinds.map((one) => [keyOf(one), one]));
