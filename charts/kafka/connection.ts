import type { Endpoint } from '../../lib/graph/endpoint';

/** How a client connects to the brokers. Plaintext, because Seldon's request logger cannot use SASL_PLAINTEXT. */
export interface KafkaConnection {
  /** Bootstrap brokers as `host:port`, separated by commas. */
  readonly bootstrapServers: string;
  readonly endpoints: readonly Endpoint[];
}
