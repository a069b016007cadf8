import type { Endpoint } from '../../lib/graph/endpoint';
import type { SecretKeyRef } from '../../lib/graph/secret-spec';
import type { ImageName } from '../config';

/** How one service reaches its own database, whoever runs the server. */
export interface DatabaseConnection {
  readonly endpoint: Endpoint;
  readonly database: string;
  readonly username: SecretKeyRef;
  readonly password: SecretKeyRef;
}

/** A server that the platform installed, as its administrator reaches it. */
export interface DatabaseServer {
  /** What names its exporter. */
  readonly name: string;
  readonly namespace: string;
  readonly endpoint: Endpoint;
  /** Password of the superuser `postgres`. Its Secret is in the namespace above. */
  readonly adminPassword: SecretKeyRef;
  /** The image of the server, which has psql. */
  readonly image: ImageName;
}
