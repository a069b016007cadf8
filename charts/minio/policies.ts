import type { BucketRight } from './store';

/** A policy in the language of S3, as MinIO reads it. */
export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
}

/**
 * What MinIO lets every user do unless a policy denies it: make access keys of its own, which would outlive the user's,
 * change them, and set its own secret key (minio RELEASE.2025-01-20T14-49-07Z, cmd/admin-handlers-users.go, the checks
 * with `DenyOnly`).
 */
const noKeysOfItsOwn: Statement = {
  Effect: 'Deny',
  Action: ['admin:CreateServiceAccount', 'admin:UpdateServiceAccount', 'admin:CreateUser'],
};

const policy = (...statements: Statement[]): Policy => ({
  Version: '2012-10-17',
  Statement: [...statements, noKeysOfItsOwn],
});

/** Reads metrics, and neither buckets nor settings. */
export const metricsPolicy: Policy = policy({ Effect: 'Allow', Action: ['admin:Prometheus'] });

/** @param rights bucket → what the user may do with it */
export const bucketPolicy = (rights: Readonly<Record<string, BucketRight>>): Policy =>
  policy(
    ...Object.entries(rights).flatMap(([bucket, right]): Statement[] => [
      {
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: [`arn:aws:s3:::${bucket}`],
      },
      { Effect: 'Allow', Action: objectActions[right], Resource: [`arn:aws:s3:::${bucket}/*`] },
    ]),
  );

const objectActions: Readonly<Record<BucketRight, readonly string[]>> = {
  read: ['s3:GetObject'],
  readWrite: [
    's3:GetObject',
    's3:PutObject',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
  ],
};
