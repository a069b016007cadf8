import { z } from 'zod';
import { podUrl, regionName, secretKey } from '../../primitives';
import { httpExposure } from '../exposure';
import { service, secretReference } from './service';

export const minio = service({
  /**
   * How S3 clients outside the cluster reach it.
   * @default a node port
   * @example { type: 'cluster' }
   */
  expose: httpExposure(30900),
  /**
   * How browsers reach its console.
   * @default a node port
   * @example { type: 'cluster' }
   */
  console: httpExposure(30901),
  /**
   * An S3 store of your own, with the buckets mlflow, prefect, models and drift.
   * @default MinIO is installed
   */
  external: z
    .strictObject({
      /**
       * URL of the store, as pods reach it.
       * @example 'https://s3.example.org'
       */
      endpoint: podUrl('https://s3.example.org'),
      /**
       * Region that requests are signed for.
       * @default 'us-east-1'
       * @example 'eu-west-1'
       */
      region: regionName.default('us-east-1'),
      /** The login of a user who may read and write those buckets. */
      secret: secretReference({
        /**
         * Key with the access key.
         * @default 'accessKey'
         * @example 'accessKey'
         */
        accessKey: secretKey('accessKey').default('accessKey'),
        /**
         * Key with the secret key.
         * @default 'secretKey'
         * @example 'secretKey'
         */
        secretKey: secretKey('secretKey').default('secretKey'),
      }),
    })
    .optional(),
});
