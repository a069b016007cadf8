import type { Endpoint } from '../../lib/graph/endpoint';

/** How a client finds the brokers. Plain text: Seldon's request logger cannot use SASL_PLAINTEXT. */
export interface KafkaConnection {
  /** `host:port` of the brokers to begin with, separated by commas. */
  readonly bootstrapServers: string;
  readonly endpoints: readonly Endpoint[];
}
