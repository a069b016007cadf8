import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { replaceImages } from '../images/replace';
import type { KubernetesObject } from '../kubernetes/object';

/** A Helm chart and its origin. */
export interface HelmChartPin {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the unpacked chart, or of its archive. */
  readonly path: string;
  /**
   * True for original charts: with new values they are rendered twice, and both results must be equal.
   * @default false, for charts whose templates are known to be deterministic
   */
  readonly original?: boolean;
}

export interface HelmReleaseProps {
  readonly chart: HelmChartPin;
  /** Prefix of most object names, by which other services know the Services of this release. */
  readonly releaseName: string;
  /** Only what differs from the chart's defaults. */
  readonly values: object;
  /** Kubernetes version that the templates see, such as `1.30`. Never read from a cluster. */
  readonly kubernetesVersion: string;
  /**
   * APIs that the templates see besides the built-in ones, such as `monitoring.coreos.com/v1`.
   * @default none
   */
  readonly apiVersions?: readonly string[];
  /**
   * Replaces a reference to an image anywhere in the rendered objects.
   * @default images are used as the chart names them
   */
  readonly relocateImage?: (reference: string) => string;
}

/**
 * One rendering of a Helm chart as part of the construct tree.
 *
 * The constructor only declares it. `renderReleases` renders all releases of an app at once; `objects` is available
 * afterwards.
 */
export class HelmRelease extends Construct {
  readonly namespace: string;
  private rendered: readonly KubernetesObject[] | undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly props: HelmReleaseProps,
  ) {
    super(scope, id);
    const { namespace } = Chart.of(this);
    if (namespace === undefined) throw new Error(`${this.node.path}: a Helm release needs a chart with a namespace`);
    this.namespace = namespace;
  }

  /** Every release below `scope`, in tree order. */
  static allIn(scope: IConstruct): HelmRelease[] {
    return scope.node.findAll().filter((node) => node instanceof HelmRelease);
  }

  /** The rendered objects, with relocated images. Throws an error before `renderReleases`. */
  get objects(): readonly KubernetesObject[] {
    if (this.rendered === undefined) throw new Error(`${this.node.path}: not rendered yet, call renderReleases first`);
    const { relocateImage } = this.props;
    return relocateImage === undefined
      ? this.rendered
      : this.rendered.map((object) => replaceImages(object, relocateImage));
  }

  set objects(objects: readonly KubernetesObject[]) {
    this.rendered = objects;
  }
}
