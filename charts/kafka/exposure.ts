import { z } from 'zod';
import { annotations } from '../../lib/config/metadata';
import { host, nodePort } from '../../lib/config/primitives';
import { openToAnyone } from '../../lib/config/sections/exposure';

/** How clients outside the cluster reach Kafka. Each broker needs an address of its own. */
export const kafkaExposure = z
  .discriminatedUnion('type', [
    z.strictObject({
      /** Not reachable from outside, only from pods of the cluster. */
      type: z.literal('cluster'),
    }),
    z.strictObject({
      /** Ports on every node: one for bootstrapping, and one per broker. */
      type: z.literal('nodePort'),
      /**
       * Port that clients connect to first; it leads to any broker. From 30000 to 32767.
       * @default 30092
       * @example 30092
       */
      bootstrapPort: nodePort(30092).default(30092),
      /**
       * One port per broker. From 30000 to 32767.
       * @default the ports after the bootstrap port
       * @example [30093, 30094, 30095]
       */
      brokerPorts: z.array(nodePort(30093)).optional(),
      ...openToAnyone,
    }),
    z.strictObject({
      /** A Service of type LoadBalancer per broker. */
      type: z.literal('loadBalancer'),
      /**
       * Address of each broker's load balancer. Clients are redirected there, so it must be known in advance.
       * @example ['kafka-0.example.org', 'kafka-1.example.org', 'kafka-2.example.org']
       */
      brokerHosts: z.array(host('kafka-0.example.org'), {
        error: 'must be a list with a host for each broker (write e.g. ["kafka-0.example.org"])',
      }),
      /**
       * Annotations on each Service, for the cloud's controller.
       * @default {}
       * @example { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' }
       */
      annotations: annotations.default({}),
      ...openToAnyone,
    }),
  ])
  .prefault({ type: 'cluster' });

export type KafkaExposure = z.output<typeof kafkaExposure>;

/** The node port of each broker, as given or derived from the bootstrap port. */
export function brokerPorts(expose: Extract<KafkaExposure, { type: 'nodePort' }>, brokers: number): number[] {
  return expose.brokerPorts ?? Array.from({ length: brokers }, (_, broker) => expose.bootstrapPort + 1 + broker);
}
