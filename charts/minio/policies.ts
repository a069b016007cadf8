import type { BucketRight, Grant } from './store';

/** A policy in the language of S3, as MinIO reads it. */
export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
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

/** Opens each bucket, or the paths in it, as asked for. */
export const bucketPolicy = (grants: readonly Grant[]): Policy => policy(...grants.flatMap(statementsOf));

function statementsOf({ bucket, right, paths }: Grant): Statement[] {
  const [buckets, objects] = [[`arn:aws:s3:::${bucket}`], (path: string) => `arn:aws:s3:::${bucket}/${path}`];
  if (paths === undefined)
    return [
      {
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: buckets,
      },
      { Effect: 'Allow', Action: objectActions[right], Resource: [objects('*')] },
    ];
  const below = paths.flatMap((path) => [path, `${path}/*`]);
  return [
    { Effect: 'Allow', Action: ['s3:GetBucketLocation'], Resource: buckets },
    // Who asks for a list must name the folder.
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: buckets,
      Condition: { StringLike: { 's3:prefix': below } },
    },
    { Effect: 'Allow', Action: objectActions[right], Resource: below.map(objects) },
  ];
}

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
