import type { Endpoint } from '../../lib/graph/endpoint';
import type { SecretKeyRef } from '../../lib/graph/secret-spec';

/** How one service reaches its buckets, in the platform's store or the user's. */
export interface BucketAccess {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly accessKey: SecretKeyRef;
  readonly secretKey: SecretKeyRef;
}

/** What a user may do with a bucket. */
export type BucketRight = 'read' | 'readWrite';

/** The users of the object store, and their rights on each bucket. */
export const bucketUsers = {
  mlflow: { mlflow: 'readWrite' },
  prefect: { prefect: 'readWrite' },
  models: { models: 'read', mlflow: 'read' },
  drift: { mlflow: 'read', drift: 'readWrite' },
} as const satisfies Record<string, Record<string, BucketRight>>;

/** The object store, and the access of each of its users. */
export interface ObjectStore {
  readonly accessOf: (user: keyof typeof bucketUsers) => BucketAccess;
}
