import { join } from 'node:path';
import type { DeclaredImage } from '../images/declared';
import { Images, type ImageOptions, type ImagePin } from '../images/images';
import type { PodSecurity } from '../kubernetes/pods';
import { projectRoot } from '../project';
import { archivePath, projectStore } from './archive-store';
import type { HelmReleaseProps } from './release';
import { mergeValues } from './values';

/** `bundled`: our own Helm charts; `upstream`: the original ones. */
export type ChartSource = 'bundled' | 'upstream';

/** One source for all services, or one per service. */
export type ChartChoice = ChartSource | ({ readonly default: ChartSource } & Readonly<Record<string, ChartSource>>);

/** The two Helm charts of a service: our own, and the original authors'. */
export interface DeclaredChart {
  /** Name of the chart, and of its folder in helm/. */
  readonly bundled: string;
  readonly original: OriginalChart;
}

/** A version of an original Helm chart, its repository, and the facts to know before relying on it. */
export interface OriginalChart {
  /** Name in the chart's Chart.yaml, and prefix of the archive's file name. */
  readonly name: string;
  readonly version: string;
  /** Version of the program that the chart installs. */
  readonly appVersion: string;
  /** `https://` folder with an index.yaml, or `oci://` registry and path without the chart's name. */
  readonly repository: string;
  /** SPDX identifier of the chart; the program's own in brackets where it differs. */
  readonly licence: string;
  /** State of its maintenance in a sentence or two, for `npm run charts -- list`. */
  readonly upkeep: string;
  /** False where a bundled chart keeps the service's data, whatever is chosen. @default true */
  readonly keepsData?: boolean;
}

/** What differs with a service's original charts. */
export interface OriginalCharts {
  /** Images that replace the service's own, under the same names. @default the same images */
  readonly images?: Readonly<Record<string, DeclaredImage>>;
  /** Images that the charts name themselves. @default none */
  readonly namedThere?: readonly DeclaredImage[];
  /** The strictest level that their pods pass. @default 'restricted' */
  readonly podSecurity?: PodSecurity;
  /** New addresses of images that have moved: prefix of a reference → its replacement. @default none */
  readonly movedRepositories?: Readonly<Record<string, string>>;
}

/** The part of a service's declaration about Helm charts. */
interface ChartService {
  readonly name: string;
  readonly charts?: Readonly<Record<string, DeclaredChart>>;
  readonly images?: Readonly<Record<string, ImagePin>>;
  readonly originalCharts?: OriginalCharts;
}

/** The bundled charts share the version of this repository. */
const bundledVersion = '0.1.0';

/** Charts and images for the chosen sources. Services pass the same values to either source. */
export class ChartCatalog<ChartId extends string = string, ImageName extends string = string> {
  /** The images that the chosen charts are written for. */
  readonly images: Images<ImageName>;

  constructor(
    private readonly services: readonly ChartService[],
    private readonly choice: ChartChoice,
    private readonly kubernetesVersion: string,
    options: ImageOptions = {},
  ) {
    const own = services.map(({ images }) => images);
    const replaced = services.filter((service) => this.isUpstream(service)).map((service) => service.originalCharts);
    const pins = Object.assign({}, ...own, ...replaced.map((original) => original?.images)) as Record<
      ImageName,
      ImagePin
    >;
    const moved = services.map((service) => service.originalCharts?.movedRepositories);
    this.images = new Images(pins, {
      ...options,
      movedRepositories: Object.assign({}, ...moved) as Record<string, string>,
    });
  }

  /** The props of a release of our own chart, whatever is chosen. @param name folder in helm/ */
  bundled(name: string, values: object): Omit<HelmReleaseProps, 'releaseName'> {
    const chart = { name, version: bundledVersion, path: join(projectRoot, 'helm', name) };
    return { chart, kubernetesVersion: this.kubernetesVersion, values };
  }

  /**
   * The props of a release from the chosen source. An original chart's archive need not exist yet.
   *
   * @param values values of either chart
   * @param originalValues additional values of the original chart only
   */
  release(id: ChartId, values: object, originalValues: object = {}): Omit<HelmReleaseProps, 'releaseName'> {
    const service = this.services.find(({ charts }) => charts?.[id] !== undefined);
    const chart = service?.charts?.[id];
    if (service === undefined || chart === undefined) throw new Error(`no service declares the Helm chart ${id}`);
    if (!this.isUpstream(service)) return this.bundled(chart.bundled, values);
    const { name, version } = chart.original;
    return {
      chart: { name, version, path: archivePath({ name, version }, projectStore()), original: true },
      kubernetesVersion: this.kubernetesVersion,
      values: mergeValues(values, originalValues),
      relocateImage: (reference) => this.images.relocate(reference),
    };
  }

  /** The strictest Pod Security level that a service's pods pass. */
  podSecurity(name: string): PodSecurity {
    const service = this.services.find((candidate) => candidate.name === name);
    return service !== undefined && this.isUpstream(service)
      ? (service.originalCharts?.podSecurity ?? 'restricted')
      : 'restricted';
  }

  private isUpstream({ name, charts }: ChartService): boolean {
    if (charts === undefined) return false;
    const { choice } = this;
    return (typeof choice === 'string' ? choice : (choice[name] ?? choice.default)) === 'upstream';
  }
}

/**
 * The name of the service whose data an original chart keeps; undefined for an unknown chart, and for one without data.
 *
 * @param chart name and version, such as `kafka-26.0.0`
 */
export function serviceOfChart(services: readonly ChartService[], chart: string): string | undefined {
  const isIt = ({ original: { name, keepsData } }: DeclaredChart): boolean =>
    keepsData !== false && chart.startsWith(`${name}-`) && /^v?\d/.test(chart.slice(name.length + 1));
  return services.find(({ charts = {} }) => Object.values(charts).some(isIt))?.name;
}
