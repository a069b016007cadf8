// A service that the platform does not have, as a newcomer adds it.

const declaration = `import { declareService } from '../../lib/service/declaration';
import { installable } from '../../lib/config/sections/installable';
import { amd64AndArm64, docker, facts } from '../../lib/images/declared';

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
  // docker-library/official-images, library/redis
  images: { redis: docker('library/redis', '7.2.5', facts('BSD-3-Clause', amd64AndArm64)) },
  checks: { urlSchemes: ['redis'] },
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

const test = `import { Redis, type RedisProps } from '../../../charts/redis/redis';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

describe('Redis with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<RedisProps> = { cluster, namespace: 'cache', size: completeConfig.sizes.redis };
    return new Redis(app, 'redis', props);
  });
});
`;

const fault = `  {
    what: "the port of Redis' Service",
    ...service('redis', 'redis'),
    right: 'port: 6379,',
    wrong: 'port: 6380,',
    shown: 'port: 6380',
  },
`;

/** The new files: name → content. */
export const files = {
  'charts/redis/redis.ts': service,
  'charts/redis/service.ts': declaration,
  'test/charts/redis/redis.test.ts': test,
};

/** The changes of files that are there: text → what takes its place. */
export const edits: readonly (readonly [file: string, before: string, after: string])[] = [
  // The list and the wiring.
  ['charts/services.ts', 'import retraining', "import redis from './redis/service';\nimport retraining"],
  ['charts/services.ts', '  retraining,\n', '  redis,\n  retraining,\n'],
  ['charts/platform.ts', 'import { addRetraining', "import { addRedis } from './redis/redis';\nimport { addRetraining"],
  ['charts/platform.ts', '  addNfsProvisioner(platform);\n', '  addNfsProvisioner(platform);\n  addRedis(platform);\n'],
  // What tsc asks for.
  ['test/support/complete-config.ts', '    drift: {},\n', '    drift: {},\n    redis: {},\n'],
  // What tests ask for.
  ['test/lib/config/defaults.test.ts', '      drift: {},\n', '      drift: {},\n      redis: {},\n'],
  ['test/support/mutations.ts', 'Mutation[] = [\n', `Mutation[] = [\n${fault}`],
];
