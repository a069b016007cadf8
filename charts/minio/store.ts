import type { Endpoint } from '../../lib/graph/endpoint';
import type { SecretKeyRef } from '../../lib/graph/secret-spec';

interface Address {
  readonly endpoint: Endpoint;
  readonly region: string;
}

/** How one service reaches its buckets, in the platform's store or the user's. */
export interface BucketAccess extends Address {
  readonly accessKey: SecretKeyRef;
  readonly secretKey: SecretKeyRef;
}

/** What a user may do with objects. */
export type BucketRight = 'read' | 'readWrite';

/** What a user of the store may do. */
export interface Grant {
  readonly bucket: string;
  readonly right: BucketRight;
  /** Folders, or objects, in the bucket. @default everything in it */
  readonly paths?: readonly string[];
}

/** The object store, which gives each of its users what the user asks for, and nothing else. */
export interface ObjectStore extends Address {
  readonly accessOf: (user: string, grants: readonly Grant[]) => BucketAccess;
}
