import { createHash } from 'node:crypto';
import { ApiObject, type App } from 'cdk8s';
import { isCrd } from '../helm/normalize';
import { HelmRelease, type HelmChartPin } from '../helm/release';
import {
  podTemplateOf,
  type KubernetesObject,
  type ObjectMeta,
  type PodSpec,
  type PodTemplate,
} from '../kubernetes/object';
import { ServiceChart, Wave } from '../graph/service-chart';

/** One file of the output: a wave, a service and its objects in the order in which they are written. */
export interface OutputFile {
  readonly name: string;
  readonly wave: number;
  readonly objects: readonly KubernetesObject[];
}

/** Label on every object: whose it is. By it alone `kubectl get` finds all of a platform. */
export const platformLabel = 'mlops-infra/platform';

/** Label on every object of an original Helm chart: which one, and in which version. */
export const chartLabel = 'mlops-infra/chart';

/**
 * Annotation of what an operator makes something of, and copies there: a digest that tells whether it has seen a change.
 * Seldon copies a predictor's annotations to its Deployment (seldon-core 1.16.0, createDeploymentWithoutEngine).
 */
export const revisionAnnotation = 'mlops-infra/revision';

/** Short, and the same for the same content. */
export const digest = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);

/** Every object of the app, in files. Custom resource definitions go into a file and a wave of their own. */
export function collect(app: App, platform: string, pullSecrets: readonly string[]): OutputFile[] {
  const crds: KubernetesObject[] = [];
  const files = ServiceChart.allIn(app).map((chart): OutputFile => {
    const finished = objectsOf(chart).map((object) => finish(object, chart, platform, pullSecrets));
    const configMaps = new Map(
      finished.filter(({ kind }) => kind === 'ConfigMap').map((configMap) => [identity(configMap), configMap]),
    );
    const objects = finished.map((object) => followConfig(object, configMaps));
    crds.push(...objects.filter(isCrd));
    return { name: chart.fileName, wave: chart.wave, objects: sort(objects.filter((object) => !isCrd(object))) };
  });
  files.push({ name: `${Wave.Crds}-crds.yaml`, wave: Wave.Crds, objects: sort(crds) });
  return files.filter((file) => file.objects.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function objectsOf(chart: ServiceChart): KubernetesObject[] {
  return chart.node.findAll().flatMap((node) => {
    if (node instanceof HelmRelease) return node.objects.map((object) => adopt(object, node.props.chart));
    return node instanceof ApiObject ? [inOrder(node.toJson() as KubernetesObject)] : [];
  });
}

/** The order of keys that cdk8s gives, but whether or not the caller has set `CDK8S_DISABLE_SORT`. */
function inOrder({ apiVersion, kind, metadata, ...rest }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata: sortDeep(metadata), ...sortDeep(rest) };
}

function sortDeep<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortDeep) as T;
  if (typeof value !== 'object' || value === null) return value;
  return sortKeys(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sortDeep(item)]))) as T;
}

/** An object of an original chart says so, and its pods get no variables for Services, as no others do. */
function adopt(object: KubernetesObject, { name, version, original }: HelmChartPin): KubernetesObject {
  if (original !== true) return object;
  const labels = { ...object.metadata.labels, [chartLabel]: `${name}-${version}` };
  const labelled = { ...object, metadata: { ...object.metadata, labels } };
  // `PREFECT_SERVER_PORT` for a Service called prefect-server would be taken for a setting.
  return withPods(labelled, ({ metadata, spec }) => ({ metadata, spec: { ...spec, enableServiceLinks: false } }));
}

/** What every object gets, whoever wrote it: standard labels, and on pods also the Secrets to pull images with. */
function finish(
  object: KubernetesObject,
  chart: ServiceChart,
  platform: string,
  pullSecrets: readonly string[],
): KubernetesObject {
  const labels = {
    'app.kubernetes.io/name': chart.node.id,
    'app.kubernetes.io/instance': platform,
    'app.kubernetes.io/part-of': platform,
    'app.kubernetes.io/managed-by': 'mlops-infra',
  };
  const labelled: KubernetesObject = {
    ...object,
    metadata: {
      ...object.metadata,
      labels: sortKeys({ ...labels, ...object.metadata.labels, [platformLabel]: platform }),
    },
  };
  // Here, because not every Helm chart has a value for them.
  const imagePullSecrets = pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) };
  return withPods(labelled, ({ metadata, spec }) => ({
    metadata: { ...metadata, labels: sortKeys({ ...labels, ...metadata?.labels }) },
    spec: { ...spec, ...imagePullSecrets },
  }));
}

/** The object with another pod template; as it is, when it makes no pods. */
function withPods(object: KubernetesObject, change: (template: PodTemplate) => PodTemplate): KubernetesObject {
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

/**
 * A change of a ConfigMap must reach the pods that read it at their start. A digest of what a workload reads goes where
 * it makes the controller act: onto the pods, or into the name of a Job, which cannot be changed and so is replaced.
 */
function followConfig(object: KubernetesObject, siblings: ReadonlyMap<string, KubernetesObject>): KubernetesObject {
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

const sortKeys = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

const identity = ({ kind, metadata }: Pick<KubernetesObject, 'kind' | 'metadata'>): string =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** Kinds that others of the same file need come first, as Helm orders them; then by name. */
const kindOrder = [
  ...['Namespace', 'NetworkPolicy', 'ResourceQuota', 'PodDisruptionBudget', 'ServiceAccount', 'Secret', 'ConfigMap'],
  ...['StorageClass', 'PersistentVolumeClaim', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding', 'Role'],
  ...['RoleBinding', 'Service', 'DaemonSet', 'Deployment', 'StatefulSet', 'HorizontalPodAutoscaler', 'Job', 'Ingress'],
];

function sort(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const rank = (object: KubernetesObject): number => {
    if (isFilledIn(object)) return kindOrder.length + 1;
    return kindOrder.includes(object.kind) ? kindOrder.indexOf(object.kind) : kindOrder.length;
  };
  return [...objects].sort((a, b) => rank(a) - rank(b) || (identity(a) < identity(b) ? -1 : 1));
}

/** Whether an injection webhook chooses the image of a pod, as Istio's does: the webhook must be there before it. */
const isFilledIn = (object: KubernetesObject): boolean =>
  podTemplateOf(object)?.spec.containers.some(({ image }) => image === 'auto') ?? false;
