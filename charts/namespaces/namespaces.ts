import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';

/** Levels of the Pod Security Standards. */
export type PodSecurity = 'restricted' | 'baseline' | 'privileged';

export interface NamespacesProps {
  /** Name of each namespace and the level that its pods must pass. */
  readonly namespaces: ReadonlyMap<string, PodSecurity>;
}

/** Every namespace of the platform, with the Pod Security level that is enforced in it. */
export class Namespaces extends ServiceChart {
  constructor(scope: Construct, id: string, props: NamespacesProps) {
    super(scope, id, { wave: Wave.Namespaces });
    for (const [name, level] of props.namespaces) {
      new k8s.KubeNamespace(this, name, {
        metadata: {
          name,
          labels: {
            'pod-security.kubernetes.io/enforce': level,
          },
        },
      });
    }
  }
}
