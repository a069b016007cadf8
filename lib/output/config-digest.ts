import { podTemplateOf, type KubernetesObject, type PodSpec } from '../kubernetes/object';
import { digest } from './digest';
import { withPods } from './every-pod';
import { identity, sortKeys } from './order';

/**
 * A change of a ConfigMap must reach the pods that read it at their start. A digest of what a workload reads goes where
 * it makes the controller act: onto the pods, or into the name of a Job, which cannot be changed and so is replaced.
 */
export function followConfig(
  object: KubernetesObject,
  siblings: ReadonlyMap<string, KubernetesObject>,
): KubernetesObject {
  const template = podTemplateOf(object);
  // Each run of a CronJob reads anew, and a pod by itself cannot be changed.
  if (template === undefined || object.kind === 'CronJob' || object.kind === 'Pod') return object;
  const { namespace } = object.metadata;
  const configMaps = configMapsOf(template.spec)
    .map((name) => siblings.get(identity({ kind: 'ConfigMap', metadata: { namespace, name } })))
    .filter((configMap) => configMap !== undefined);
  if (object.kind === 'Job') {
    const name = `${object.metadata.name}-${digest(object.spec, configMaps)}`;
    return { ...object, metadata: { ...object.metadata, name } };
  }
  if (configMaps.length === 0) return object;
  const annotation = { 'mlops-infra/config': digest(configMaps) };
  return withPods(object, ({ metadata, spec }) => ({
    metadata: { ...metadata, annotations: sortKeys({ ...metadata?.annotations, ...annotation }) },
    spec,
  }));
}

/** Names of the ConfigMaps that a pod reads, each once. */
function configMapsOf({ containers, initContainers = [], volumes = [] }: PodSpec): string[] {
  const names = [
    ...volumes.flatMap(({ configMap, projected }) => [
      configMap?.name,
      ...(projected?.sources ?? []).map((source) => source.configMap?.name),
    ]),
    ...[...containers, ...initContainers].flatMap(({ env, envFrom }) => [
      ...(envFrom ?? []).map((source) => source.configMapRef?.name),
      ...(env ?? []).map((variable) => variable.valueFrom?.configMapKeyRef?.name),
    ]),
  ];
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
