import { z } from 'zod';
import { annotations, host, nodePort } from '../../lib/config/primitives';

/** How clients outside the cluster reach Kafka: each broker needs an address of its own. */
export const kafkaExposure = z
  .discriminatedUnion('type', [
    z.strictObject({
      /** Ports on every node: one for all brokers, and one for each of them. */
      type: z.literal('nodePort'),
      /**
       * Any broker: where a client begins. From 30000 to 32767.
       * @default 30092
       * @example 30092
       */
      bootstrapPort: nodePort(30092).default(30092),
      /**
       * One for each broker. From 30000 to 32767.
       * @default those that follow the bootstrap port
       * @example [30093, 30094, 30095]
       */
      brokerPorts: z.array(nodePort(30093)).optional(),
    }),
    z.strictObject({
      /** A Service of type LoadBalancer for each broker. */
      type: z.literal('loadBalancer'),
      /**
       * Address that each broker's balancer gets: clients are sent there, so it must be known beforehand.
       * @example ['kafka-0.example.org', 'kafka-1.example.org', 'kafka-2.example.org']
       */
      brokerHosts: z.array(host('kafka-0.example.org'), {
        error: 'must be a list with a host for each broker (write e.g. ["kafka-0.example.org"])',
      }),
      /**
       * For the cloud's controller, on each Service.
       * @default {}
       * @example { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' }
       */
      annotations: annotations.default({}),
    }),
    z.strictObject({
      /** Not at all: only pods of the cluster reach it. */
      type: z.literal('cluster'),
    }),
  ])
  .prefault({ type: 'nodePort' });

export type KafkaExposure = z.output<typeof kafkaExposure>;

/** The node port of each broker: as given, or those that follow the bootstrap port. */
export function brokerPorts(expose: Extract<KafkaExposure, { type: 'nodePort' }>, brokers: number): number[] {
  return expose.brokerPorts ?? Array.from({ length: brokers }, (_, broker) => expose.bootstrapPort + 1 + broker);
}
