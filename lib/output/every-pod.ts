import {
  podTemplateOf,
  type KubernetesObject,
  type ObjectMeta,
  type PodSpec,
  type PodTemplate,
} from '../kubernetes/object';
import { restrictedContainer, restrictedPod } from '../kubernetes/pods';
import { sortKeys } from './order';

/** Fields of a pod's `spec` that every pod gets. */
export interface PodSettings {
  enableServiceLinks: boolean;
  imagePullSecrets?: { name: string }[];
}

/** The part of a complete config that decides on them. */
export interface PodConfig {
  /** Secrets that every pod pulls its images with. */
  readonly images: { readonly pullSecrets: readonly string[] };
}

/**
 * The one place for what every pod of the platform gets. A setting for all pods is a key of the config, its type in
 * `PodConfig` and `PodSettings`, and its line in `spec`, which also decides whether a pod's own value wins. It reaches
 * them in these ways:
 *
 * - pods of workloads, whoever wrote them, ours or a Helm chart's: `finish`, called for every object of the output;
 * - pods that an operator makes of a custom resource of a Helm chart: `finish` too, with what `CustomResource` says of it;
 * - pods whose template is a part of something else (a predictor of Seldon's, the Job of Prefect's flow runs): the chart
 *   that writes it calls `spec`, because a digest that it computes must cover the complete template.
 *
 * Pods of ours get more: `secureByDefault` below, and the digest of their configuration (config-digest.ts).
 */
export class EveryPod {
  constructor(private readonly config: PodConfig) {}

  /** A pod with what every pod gets. What it says itself about service links stands. */
  spec<Spec extends object>(spec: Spec & { readonly enableServiceLinks?: boolean }): Spec & PodSettings {
    const { pullSecrets } = this.config.images;
    return {
      ...spec,
      // `PREFECT_SERVER_PORT` for a Service called prefect-server would be taken for a setting.
      enableServiceLinks: spec.enableServiceLinks ?? false,
      // Here, because not every Helm chart has a value for them.
      ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    };
  }

  /**
   * An object whose pods have what every pod gets.
   *
   * @param labels those that name the owner; a pod's own labels win
   * @param operated the fields of its `spec` that are fields of a pod, where the object is a custom resource
   */
  finish(
    object: KubernetesObject,
    labels: Readonly<Record<string, string>>,
    operated?: readonly string[],
  ): KubernetesObject {
    if (operated !== undefined) return this.finishOperated(object, operated);
    return withPods(object, ({ metadata, spec }) => ({
      metadata: { ...metadata, labels: sortKeys({ ...labels, ...metadata?.labels }) },
      spec: this.spec(spec),
    }));
  }

  private finishOperated(object: KubernetesObject, fields: readonly string[]): KubernetesObject {
    const spec = object.spec ?? {};
    const settings = Object.entries(this.spec(spec)).filter(([field]) => fields.includes(field));
    return { ...object, spec: { ...spec, ...Object.fromEntries(settings) } };
  }
}

/**
 * Defaults for the pods of a workload that we write ourselves: what the restricted Pod Security Standard requires. A pod's
 * own values win; `runAsUser` has no default, so each pod sets it.
 */
export function secureByDefault(object: KubernetesObject): KubernetesObject {
  const secure = (containers: PodSpec['containers'] = []): PodSpec['containers'] =>
    containers.map((container) => ({ securityContext: restrictedContainer, ...container }));
  return withPods(object, ({ metadata, spec }) => ({
    metadata,
    spec: {
      ...spec,
      securityContext: { ...restrictedPod, ...(spec.securityContext as object | undefined) },
      ...(spec.initContainers === undefined ? {} : { initContainers: secure(spec.initContainers) }),
      containers: secure(spec.containers),
    },
  }));
}

/** The object with another pod template; as it is, when it makes no pods. */
export function withPods(object: KubernetesObject, change: (template: PodTemplate) => PodTemplate): KubernetesObject {
  const template = podTemplateOf(object);
  if (template === undefined) return object;
  const changed = change(template);
  const put = (parent: unknown): object => ({ ...(parent as object), template: { ...template, ...changed } });
  switch (object.kind) {
    case 'Pod':
      return { ...object, metadata: changed.metadata as ObjectMeta, spec: changed.spec };
    case 'CronJob': {
      const { jobTemplate, ...spec } = object.spec as { jobTemplate: { spec: object } };
      return { ...object, spec: { ...spec, jobTemplate: { ...jobTemplate, spec: put(jobTemplate.spec) } } };
    }
    default:
      return { ...object, spec: put(object.spec) };
  }
}
