import type { Endpoint } from '../../lib/graph/endpoint';
import type { SecretKeyRef, ValueSpec } from '../../lib/graph/secret-spec';

/** How one service reaches its buckets, whoever runs the store. */
export interface BucketAccess {
  readonly endpoint: Endpoint;
  readonly region: string;
  /** What the consumer's own Secret holds as access key: public text, or a copy. */
  readonly accessKey: ValueSpec;
  readonly secretKey: SecretKeyRef;
}

/** What a user may do with a bucket. */
export type BucketRight = 'read' | 'readWrite';

/** Who uses the object store, and what each may do with which bucket. */
export const bucketUsers = {
  mlflow: { mlflow: 'readWrite' },
  prefect: { prefect: 'readWrite' },
  models: { models: 'read', mlflow: 'read' },
  drift: { mlflow: 'read', drift: 'readWrite' },
} as const satisfies Record<string, Record<string, BucketRight>>;

/** The object store, and the access that each of its users has. */
export interface ObjectStore {
  readonly accessOf: (user: keyof typeof bucketUsers) => BucketAccess;
}
