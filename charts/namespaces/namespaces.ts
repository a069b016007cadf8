import { ApiObject, type App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { HelmRelease } from '../../lib/helm/release';
import type { PodSecurity } from '../../lib/kubernetes/pods';
import type { PlatformContext } from '../context';

export interface NamespacesProps {
  /** Name of each namespace → the level that its pods must pass. */
  readonly namespaces: ReadonlyMap<string, PodSecurity>;
  /** Minor version of the cluster, such as `1.36`. */
  readonly kubernetesVersion: string;
}

export const addNamespaces = ({ app, config, namespaces }: PlatformContext): Namespaces =>
  new Namespaces(app, 'namespaces', {
    namespaces: namespaces.levels,
    kubernetesVersion: config.cluster.kubernetesVersion,
  });

/** Every namespace of the platform, each with an enforced Pod Security level. */
export class Namespaces extends ServiceChart {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NamespacesProps,
  ) {
    super(scope, id, { wave: Wave.Namespaces });
  }

  override complete(app: App): void {
    const used = new Set(
      ServiceChart.allIn(app)
        .filter(hasObjects)
        .flatMap((chart) => chart.namespaces),
    );
    for (const [name, level] of this.props.namespaces) {
      if (!used.has(name)) continue;
      new k8s.KubeNamespace(this, name, { metadata: { name, labels: this.podSecurity(level) } });
    }
  }

  /**
   * Pods are refused; workloads that would make such pods are warned of and logged. Of the config's Kubernetes, so that an
   * upgrade of the cluster refuses nothing that was admitted before.
   */
  private podSecurity(level: PodSecurity): Record<string, string> {
    const version = `v${this.props.kubernetesVersion}`;
    const labels = (['enforce', 'warn', 'audit'] as const).flatMap((mode) => {
      const label = `pod-security.kubernetes.io/${mode}`;
      return [
        [label, level],
        [`${label}-version`, version],
      ];
    });
    return Object.fromEntries(labels) as Record<string, string>;
  }
}

/** A chart that serves others' declarations may be empty. */
const hasObjects = (chart: ServiceChart): boolean =>
  chart.node.findAll().some((node) => node instanceof HelmRelease || ApiObject.isApiObject(node));
