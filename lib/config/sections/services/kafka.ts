import { z } from 'zod';
import { count, listOf, podHostAndPort } from '../../primitives';
import { kafkaExposure } from '../exposure';
import { service } from './service';

export const kafka = service({
  /**
   * How clients outside the cluster reach it.
   * @default node ports
   * @example { type: 'cluster' }
   */
  expose: kafkaExposure,
  /**
   * Copies of each partition of a topic.
   * @default 3, or the number of brokers if less
   * @example 3
   */
  replicationFactor: count(3).optional(),
  /**
   * A Kafka of your own.
   * @default Kafka is installed
   */
  external: z
    .strictObject({
      /**
       * Brokers as `host:port`, reached from the cluster over plain text.
       * @example ['kafka.example.org:9092']
       */
      bootstrapServers: listOf(podHostAndPort('kafka.example.org:9092'), 'broker', 'kafka.example.org:9092'),
    })
    .optional(),
});
