import type { Endpoint } from '../../lib/graph/endpoint';
import type { SecretKeyRef } from '../../lib/graph/secret-spec';
import type { ImageName } from '../config';

/** How one service reaches its database, on the platform's server or the user's. */
export interface DatabaseConnection {
  readonly endpoint: Endpoint;
  readonly database: string;
  readonly username: SecretKeyRef;
  readonly password: SecretKeyRef;
}

/** A server of the platform, as its administrator reaches it. */
export interface DatabaseServer {
  /** Prefix of its exporter's name. */
  readonly name: string;
  readonly namespace: string;
  readonly endpoint: Endpoint;
  /** Password of the superuser `postgres`, in a Secret in `namespace`. */
  readonly adminPassword: SecretKeyRef;
  /** Image of the server, which contains psql. */
  readonly image: ImageName;
}
