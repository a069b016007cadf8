import { join } from 'node:path';
import { Images, type ImageOptions, type ImagePin } from '../images/images';
import type { DeclaredImage } from '../images/declared';
import type { PodSecurity } from '../kubernetes/pods';
import { projectRoot } from '../project';
import { archivePath, projectStore } from './archives/store';
import type { HelmReleaseProps } from './release';
import { mergeValues } from './values';

/** Our own Helm charts, or the original ones. */
export type ChartSource = 'bundled' | 'upstream';

/** One source for all services, or one for each. */
export type ChartChoice = ChartSource | ({ readonly default: ChartSource } & Readonly<Record<string, ChartSource>>);

/** A Helm chart that a service is installed by: our own, and the one of the original authors. */
export interface DeclaredChart {
  /** Folder in helm/, which is also the name. */
  readonly bundled: string;
  readonly original: OriginalChart;
}

/** One version of an original Helm chart, where its authors publish it, and what to know before relying on it. */
export interface OriginalChart {
  /** As in the chart's own Chart.yaml, and so the first half of the archive's file name. */
  readonly name: string;
  readonly version: string;
  /** Version of the program that the chart installs. */
  readonly appVersion: string;
  /** `https://` folder with an index.yaml, or `oci://` registry and path without the chart's name. */
  readonly repository: string;
  /** SPDX identifier of the chart; the program's own in brackets where it is another one. */
  readonly licence: string;
  /** What is known of its upkeep, in a sentence or two for `npm run charts -- list`. */
  readonly upkeep: string;
}

/** What is different where a service comes from its original charts. */
export interface OriginalCharts {
  /** The images that they start in place of the service's own, under the same names. @default the same */
  readonly images?: Readonly<Record<string, DeclaredImage>>;
  /** Images that they name themselves. @default none */
  readonly namedThere?: readonly DeclaredImage[];
  /** The strictest level that their pods pass. @default 'restricted' */
  readonly podSecurity?: PodSecurity;
  /** Where images that are no longer at their old address went: start of a reference → its replacement. */
  readonly movedRepositories?: Readonly<Record<string, string>>;
}

/** The part of a service's declaration that is about Helm charts. */
interface ChartService {
  readonly name: string;
  readonly charts?: Readonly<Record<string, DeclaredChart>>;
  readonly images?: Readonly<Record<string, ImagePin>>;
  readonly originalCharts?: OriginalCharts;
}

/** Our own Helm charts: their version is that of this repository. */
const bundledVersion = '0.1.0';

/** What follows from the choice of sources. Services give each source the same values. */
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

  /**
   * A release of a chart, from where it is to come: of an original one, whether its archive is at hand or not.
   *
   * @param values what either chart takes
   * @param originalValues what only the original chart takes beside them
   */
  release(id: ChartId, values: object, originalValues: object = {}): Omit<HelmReleaseProps, 'releaseName'> {
    const { kubernetesVersion } = this;
    const service = this.services.find(({ charts }) => charts?.[id] !== undefined);
    const chart = service?.charts?.[id];
    if (service === undefined || chart === undefined) throw new Error(`no service declares the Helm chart ${id}`);
    if (!this.isUpstream(service)) {
      const name = chart.bundled;
      const pin = { name, version: bundledVersion, path: join(projectRoot, 'helm', name) };
      return { chart: pin, kubernetesVersion, values };
    }
    const { name, version } = chart.original;
    return {
      chart: { name, version, path: archivePath({ name, version }, projectStore()), original: true },
      kubernetesVersion,
      values: mergeValues(values, originalValues),
      relocateImage: (reference) => this.images.relocate(reference),
    };
  }

  /** The strictest Pod Security level that the pods of a service pass. */
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
 * The name of the service that an original chart installs; undefined for one that is not known.
 *
 * @param chart its name and version, such as `prefect-server-2023.04.13`
 */
export function serviceOfChart(services: readonly ChartService[], chart: string): string | undefined {
  const isIt = ({ original: { name } }: DeclaredChart): boolean =>
    chart.startsWith(`${name}-`) && /^v?\d/.test(chart.slice(name.length + 1));
  return services.find(({ charts = {} }) => Object.values(charts).some(isIt))?.name;
}
