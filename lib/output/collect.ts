import { ApiObject, type App } from 'cdk8s';
import { fileNameOf, ServiceChart, Wave } from '../graph/service-chart';
import { HelmRelease, type HelmChartPin } from '../helm/release';
import type { CustomResources } from '../kubernetes/custom-resource';
import { holdsData, keepLabel } from '../kubernetes/data';
import { chartLabel, platformLabel } from '../kubernetes/labels';
import { isCrd, type KubernetesObject } from '../kubernetes/object';
import { nextTurn } from '../next-turn';
import { followConfig } from './config-digest';
import { secureByDefault, withPods, type EveryPod } from './every-pod';
import { identity, inApplyOrder, inOrder, sortKeys } from './order';

/** One file of the output: a wave, a service and its objects in the order in which they are written. */
export interface OutputFile {
  readonly name: string;
  readonly wave: number;
  readonly objects: readonly KubernetesObject[];
}

/** What the objects of a platform get, whoever wrote them. */
export interface CollectOptions {
  /** Name of the platform. */
  readonly platform: string;
  readonly pods: EveryPod;
  readonly customResources: CustomResources;
}

/** What one chart gives. */
export interface Collected {
  readonly file: OutputFile;
  readonly crds: readonly KubernetesObject[];
}

/**
 * Every object of the app, in files. Custom resource definitions go into a file and a wave of their own.
 *
 * @param ahead charts that `collectAhead` has collected
 */
export function collect(
  app: App,
  options: CollectOptions,
  ahead: ReadonlyMap<ServiceChart, Collected> = new Map(),
): OutputFile[] {
  const collected = ServiceChart.allIn(app).map((chart) => ahead.get(chart) ?? collectChart(chart, options));
  const crds = inApplyOrder(collected.flatMap((one) => one.crds));
  const files = [
    ...collected.map(({ file }) => file),
    { name: fileNameOf(Wave.Crds, 'crds'), wave: Wave.Crds, objects: crds },
  ];
  return files.filter((file) => file.objects.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Collects the charts without a Helm release while helm renders the others. Takes a turn of the event loop for each, so
 * that helm's processes do not wait either.
 *
 * @param done called with each file
 */
export async function collectAhead(
  app: App,
  options: CollectOptions,
  done: (file: OutputFile) => void,
): Promise<ReadonlyMap<ServiceChart, Collected>> {
  const collected = new Map<ServiceChart, Collected>();
  for (const chart of ServiceChart.allIn(app).filter((one) => HelmRelease.allIn(one).length === 0)) {
    await nextTurn();
    const one = collectChart(chart, options);
    collected.set(chart, one);
    done(one.file);
  }
  return collected;
}

/**
 * A file of objects that follow from all others, and so are in no chart. They make no pods.
 *
 * @param id as that of a chart
 */
export function followingFile(
  id: string,
  wave: Wave,
  objects: readonly KubernetesObject[],
  { platform }: Pick<CollectOptions, 'platform'>,
): OutputFile {
  return {
    name: fileNameOf(wave, id),
    wave,
    objects: inApplyOrder(objects.map((object) => inOrder(withLabels(object, id, platform)))),
  };
}

function collectChart(chart: ServiceChart, options: CollectOptions): Collected {
  const finished = objectsOf(chart, options.pods).map((object) => finish(object, chart, options));
  const configMaps = new Map(
    finished.filter(({ kind }) => kind === 'ConfigMap').map((configMap) => [identity(configMap), configMap]),
  );
  const objects = finished.map((object) => followConfig(object, configMaps));
  const others = objects.filter((object) => !isCrd(object));
  return {
    file: { name: chart.fileName, wave: chart.wave, objects: inApplyOrder(others) },
    crds: objects.filter(isCrd),
  };
}

function objectsOf(chart: ServiceChart, pods: EveryPod): KubernetesObject[] {
  return chart.node.findAll().flatMap((node) => {
    if (node instanceof HelmRelease) return node.objects.map((object) => labelOriginal(object, node.props.chart));
    if (!(node instanceof ApiObject)) return [];
    const own = secureByDefault(node.toJson() as KubernetesObject);
    return [inOrder(withPods(own, ({ metadata, spec }) => ({ metadata, spec: pods.spec(spec) })))];
  });
}

/** An object of an original chart says so. */
function labelOriginal(object: KubernetesObject, { name, version, original }: HelmChartPin): KubernetesObject {
  if (original !== true) return object;
  const labels = { ...object.metadata.labels, [chartLabel]: `${name}-${version}` };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** What every object gets, whoever wrote it: standard labels, and its pods what every pod gets. */
function finish(
  object: KubernetesObject,
  chart: ServiceChart,
  { platform, pods, customResources }: CollectOptions,
): KubernetesObject {
  const labelled = withLabels(object, chart.node.id, platform);
  const operated = customResources.of(object).find(({ podFields }) => podFields !== undefined);
  return pods.finish(labelled, standardLabels(chart.node.id, platform), operated?.podFields);
}

const standardLabels = (id: string, platform: string): Record<string, string> => ({
  'app.kubernetes.io/name': id,
  'app.kubernetes.io/instance': platform,
  'app.kubernetes.io/part-of': platform,
  'app.kubernetes.io/managed-by': 'mlops-infra',
});

function withLabels(object: KubernetesObject, id: string, platform: string): KubernetesObject {
  const kept: Record<string, string> = holdsData(object) ? { [keepLabel]: 'true' } : {};
  const given = { ...standardLabels(id, platform), ...object.metadata.labels, ...kept };
  const labels = sortKeys({ ...given, [platformLabel]: platform });
  return { ...object, metadata: { ...object.metadata, labels } };
}
