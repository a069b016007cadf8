import { archivePath, projectStore } from '../lib/helm/archives/store';
import type { HelmReleaseProps } from '../lib/helm/release';
import { mergeValues } from '../lib/helm/values';
import { Images, type ImageOptions, type ImagePin } from '../lib/images/images';
import type { PodSecurity } from './namespaces/namespaces';
import { upstreamCharts, type HelmChartId } from './upstream';
import { movedRepositories, upstreamImages } from './upstream-images';
import { helmCharts, imagePins, type ImageName } from './versions';

/** Our own Helm charts, or the original ones. */
export type ChartSource = 'bundled' | 'upstream';

/** The service that each chart is a part of. All charts of a service come from one source. */
const services = {
  postgresql: 'postgresql',
  minio: 'minio',
  kafka: 'kafka',
  prefectServer: 'prefect',
  kubePrometheus: 'prometheus',
  seldonCoreOperator: 'seldon',
  istioBase: 'istio',
  istiod: 'istio',
  istioGateway: 'istio',
  nfsProvisioner: 'nfs',
} as const satisfies Record<HelmChartId, string>;

export type ChartService = (typeof services)[HelmChartId];

const chartServices = [...new Set(Object.values(services))];

/**
 * The service of an original chart; undefined for one that is not known.
 * @param chart its name and version, such as `prefect-server-2023.04.13`
 */
export function serviceOfChart(chart: string): ChartService | undefined {
  const id = (Object.keys(services) as HelmChartId[]).find((key) => {
    const { name } = upstreamCharts[key];
    return chart.startsWith(`${name}-`) && /^v?\d/.test(chart.slice(name.length + 1));
  });
  return id === undefined ? undefined : services[id];
}

/** One source for all services, or one for each. */
export type ChartChoice =
  ChartSource | ({ readonly default: ChartSource } & { readonly [Service in ChartService]?: ChartSource | undefined });

/** Levels below those of our own charts: the pods of these set no seccomp profile, and some drop no capabilities. */
const upstreamPodSecurity = {
  postgresql: 'baseline',
  minio: 'baseline',
  prefect: 'baseline',
  seldon: 'baseline',
  istio: 'baseline',
} as const satisfies Partial<Record<ChartService, PodSecurity>>;

/** What follows from the choice of sources. Services give each source the same values. */
export class ChartCatalog {
  /** The images that the chosen charts are written for. */
  readonly images: Images<ImageName>;

  constructor(
    private readonly choice: ChartChoice,
    private readonly kubernetesVersion: string,
    options: ImageOptions = {},
  ) {
    const theirs: Partial<Record<ChartService, Partial<Record<ImageName, ImagePin>>>> = upstreamImages;
    const replaced = chartServices.filter((service) => this.isUpstream(service)).map((service) => theirs[service]);
    const pins = replaced.reduce<Record<ImageName, ImagePin>>((all, images) => ({ ...all, ...images }), imagePins);
    this.images = new Images(pins, { ...options, movedRepositories });
  }

  /**
   * A release of a chart, from where it is to come: of an original one, whether its archive is at hand or not.
   *
   * @param values what either chart takes
   * @param originalValues what only the original chart takes beside them
   */
  release(id: HelmChartId, values: object, originalValues: object = {}): Omit<HelmReleaseProps, 'releaseName'> {
    const { kubernetesVersion } = this;
    if (!this.isUpstream(services[id])) return { chart: helmCharts[id], kubernetesVersion, values };
    const { name, version } = upstreamCharts[id];
    return {
      chart: { name, version, path: archivePath({ name, version }, projectStore()), original: true },
      kubernetesVersion,
      values: mergeValues(values, originalValues),
      relocateImage: (reference) => this.images.relocate(reference),
    };
  }

  /** The strictest Pod Security level that the pods of a service pass. */
  podSecurity(service: keyof typeof upstreamPodSecurity): PodSecurity {
    return this.isUpstream(service) ? upstreamPodSecurity[service] : 'restricted';
  }

  private isUpstream(service: ChartService): boolean {
    const { choice } = this;
    return (typeof choice === 'string' ? choice : (choice[service] ?? choice.default)) === 'upstream';
  }
}
