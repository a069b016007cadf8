import type { KubernetesObject } from './object';
import type { LabelSelector, Labels, Selectable } from './selection';

/** A Service, of the output or made in the cluster. */
export interface Service extends Selectable {
  readonly name: string;
  readonly ports: readonly ServicePort[];
  /** Its name in DNS leads to the pods themselves, past the ports of the Service. */
  readonly headless: boolean;
  /** @default it selects no pods */
  readonly selector?: LabelSelector;
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  /** Name or number of a container's port. @default the Service's own */
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly selector?: Labels;
  readonly ports?: readonly ServicePort[];
  readonly healthCheckNodePort?: number;
}

export const serviceSpec = (object: KubernetesObject): ServiceSpec => object.spec ?? {};

/** The Service that an object is. */
export function serviceOf(object: KubernetesObject): Service {
  const { clusterIP, selector, ports = [] } = serviceSpec(object);
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    labels: object.metadata.labels ?? {},
    ports,
    headless: clusterIP === 'None',
    ...(selector === undefined ? {} : { selector: { matchLabels: selector } }),
  };
}
