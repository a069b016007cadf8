import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import type { KubernetesObject } from '../kubernetes/object';
import { replaceImages } from '../images/text';

/** Where a Helm chart comes from, and which one exactly. */
export interface HelmChartPin {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the unpacked chart, or of its archive. */
  readonly path: string;
  /**
   * Set for the charts of others: the first time with the same values each is rendered twice, and must come out the same.
   * @default false, for charts whose templates are known to have nothing random in them
   */
  readonly original?: boolean;
}

export interface HelmReleaseProps {
  readonly chart: HelmChartPin;
  /** Prefix of most object names: other services know the Services of this release by it. */
  readonly releaseName: string;
  /** Only what differs from the chart's defaults. */
  readonly values: object;
  /** Kubernetes version that the chart's templates are told, such as `1.30`. Never asked from a cluster. */
  readonly kubernetesVersion: string;
  /**
   * APIs that templates may find beside the built-in ones, such as `monitoring.coreos.com/v1`.
   * @default none
   */
  readonly apiVersions?: readonly string[];
  /**
   * Says where an image is that the chart names itself, wherever in the objects it does so.
   * @default images are where the chart says
   */
  readonly relocateImage?: (reference: string) => string;
}

/**
 * One rendering of a Helm chart as part of the construct tree.
 *
 * The constructor only declares it; `renderReleases` renders all releases of an app at once, and only then has
 * `objects` something to give.
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

  /** Every release below `scope`, in the order of the tree. */
  static allIn(scope: IConstruct): HelmRelease[] {
    return scope.node.findAll().filter((node) => node instanceof HelmRelease);
  }

  /** What helm rendered, with the images where they are. Throws before `renderReleases`. */
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
