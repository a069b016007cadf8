// The folder of a service that the platform does not have, as a newcomer writes it: file name → content.

const declaration = `import { declareService } from '../../lib/service/declaration';
import { installable } from '../../lib/config/sections/installable';
import { docker, facts } from '../../lib/images/declared';

export default declareService({
  name: 'redis',
  config: {
    services: {
      /**
       * A cache for features. \`false\` leaves it out.
       * @default installed
       */
      redis: installable({}),
    },
  },
  sizes: {
    redis: {
      laptop: [1, '10m', '200m', '32Mi', '64Mi'],
      team: [1, '50m', '500m', '64Mi', '256Mi'],
      production: [1, '100m', '1', '256Mi', '1Gi'],
      single: 'a second replica would be a second, empty cache',
    },
  },
  images: { redis: docker('library/redis', '7.2.5', facts('BSD-3-Clause', 'unknown')) },
});
`;

const service = `import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { resources, tokenlessPod } from '../../lib/kubernetes/pods';
import type { ClusterContext, PlatformContext } from '../context';

export interface RedisProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
}

export function addRedis({ app, config, cluster, namespaces }: PlatformContext): void {
  if (config.services.redis === false) return;
  new Redis(app, 'redis', { cluster, namespace: namespaces.get('redis'), size: config.sizes.redis });
}

const name = 'redis';
const labels = { app: name };
const probe = { tcpSocket: { port: k8s.IntOrString.fromString('redis') } };

/** A cache that forgets everything when it is started again. */
export class Redis extends ServiceChart {
  constructor(scope: Construct, id: string, { cluster, namespace, size }: RedisProps) {
    super(scope, id, { wave: Wave.Data, namespace });
    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name }, automountServiceAccountToken: false });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name },
      spec: {
        replicas: size.replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...tokenlessPod(name, 999),
            containers: [
              {
                name,
                image: cluster.images.reference('redis'),
                args: ['--save', ''],
                ports: [{ name: 'redis', containerPort: 6379 }],
                readinessProbe: probe,
                livenessProbe: probe,
                resources: resources(size),
              },
            ],
          },
        },
      },
    });
    new k8s.KubeService(this, 'service', {
      metadata: { name },
      spec: { selector: labels, ports: [{ name: 'redis', port: 6379, targetPort: k8s.IntOrString.fromString('redis') }] },
    });
  }
}
`;

export const redis = { 'charts/redis/service.ts': declaration, 'charts/redis/redis.ts': service };
