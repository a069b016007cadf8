import { z } from 'zod';
import type { ExternalServer } from '../../lib/config/claims';
import { count, duration, listOf, podHostAndPort } from '../../lib/config/primitives';
import { modelKeyNeeds, nothingBesideExternal } from '../../lib/config/rules/needs';
import { absenceOf } from '../../lib/config/rules/sizes';
import { chartSource } from '../../lib/config/sections/charts';
import { installable } from '../../lib/config/sections/installable';
import { amd64AndArm64, apache, docker } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { bitnamiRepository, bitnamiImage, movedRepositories, bitnamiUpkeep } from '../bitnami';
import { checks } from './checks';
import { kafkaExposure } from './exposure';
import { keepsVoters } from './quorum';
import { kafkaNodePorts, kafkaRules } from './rules';

const kafka = installable({
  /**
   * How clients outside the cluster reach Kafka.
   * @default { type: 'cluster' }
   * @example { type: 'nodePort', bootstrapPort: 30092, withoutLogin: true }
   */
  expose: kafkaExposure,
  /**
   * Copies of each partition of a topic.
   * @default 3, or the number of brokers if less
   * @example 3
   */
  replicationFactor: count(3).optional(),
  /**
   * Uses a Kafka of your own.
   * @default Kafka is installed
   */
  external: z
    .strictObject({
      /**
       * Brokers as `host:port`, which pods reach over plaintext.
       * @example ['kafka.example.org:9092']
       */
      bootstrapServers: listOf(podHostAndPort('kafka.example.org:9092'), 'broker', 'kafka.example.org:9092'),
    })
    .optional(),
});

/** Topic of a model's requests. */
export const stream = z.strictObject({
  /**
   * Number of partitions. One carries a few megabytes a second and preserves the order of messages.
   * @default 1
   * @example 3
   */
  partitions: count(3).default(1),
  /**
   * How long messages are kept.
   * @default '7d'
   * @example '2d'
   */
  retention: duration('2d').default('7d'),
});

export type KafkaConfig = z.output<typeof kafka>;
export type StreamConfig = z.output<typeof stream>;

export default declareService({
  name: 'kafka',
  offered: true,
  config: {
    services: {
      /**
       * Carries the requests of the models to the drift detectors. `false` leaves it out.
       * @default installed
       */
      kafka,
    },
    model: {
      /**
       * Settings of the topic `predictions-<name>`, to which requests are streamed. A model with `drift` always has a
       * topic.
       * @default no topic, or one with the defaults where `drift` is set
       * @example { partitions: 3, retention: '2d' }
       */
      stream: stream.optional(),
    },
    charts: {
      /**
       * Chart of the brokers.
       * @default the default above
       * @example 'upstream'
       */
      kafka: chartSource.optional(),
    },
  },
  rules: [nothingBesideExternal('kafka', 'expose', 'replicationFactor'), ...kafkaRules],
  needs: modelKeyNeeds('stream', 'kafka'),
  nodePorts: kafkaNodePorts,
  externalServers,
  sizes: {
    kafka: {
      laptop: [1, '100m', '1', '768Mi', '1536Mi', '5Gi'],
      team: [3, '250m', '2', '1536Mi', '3Gi', '20Gi'],
      production: [3, '1', '4', '4Gi', '8Gi', '200Gi'],
    },
    kafkaExporter: {
      laptop: [1, '10m', '200m', '24Mi', '128Mi'],
      team: [1, '25m', '250m', '48Mi', '256Mi'],
      production: [1, '50m', '500m', '64Mi', '512Mi'],
      single: 'a second replica would count every partition twice',
      absent: exporterAbsence,
    },
  },
  images: {
    // apache/kafka, docker/docker_release.py
    kafka: docker('apache/kafka', '4.4.0', apache(amd64AndArm64)),
    // danielqsj/kafka_exporter v1.9.0, Makefile
    kafkaExporter: docker('danielqsj/kafka-exporter', 'v1.9.0', apache('unknown')),
  },
  charts: {
    kafka: {
      bundled: 'kafka',
      original: {
        name: 'kafka',
        version: '25.1.12',
        appVersion: '3.5.1',
        repository: bitnamiRepository,
        licence: 'Apache-2.0',
        upkeep: bitnamiUpkeep,
      },
    },
  },
  originalCharts: {
    images: { kafka: bitnamiImage('kafka', '3.5.1-debian-11-r61', 'Apache-2.0', amd64AndArm64) },
    movedRepositories,
  },
  checks,
  dataRules: [keepsVoters],
  upgrades: [{ section: 'Kafka 3.7.2 → 4.4.0', from: /(^|\/)apache\/kafka:3\./ }],
});

type Services = { readonly services: { readonly kafka: KafkaConfig; readonly prometheus: false | object } };

function exporterAbsence({ services }: Services) {
  if (services.kafka === false) return absenceOf({ services }, 'kafka');
  return services.prometheus === false
    ? { because: ['services', 'prometheus'], is: 'false' }
    : absenceOf({ services }, 'kafka');
}

function externalServers({ services: { kafka: own } }: Pick<Services, 'services'>): ExternalServer[] {
  const servers = own === false ? [] : (own.external?.bootstrapServers ?? []);
  return servers.map((value, index) => ({
    kind: 'broker',
    path: ['services', 'kafka', 'external', 'bootstrapServers', index],
    value,
  }));
}
