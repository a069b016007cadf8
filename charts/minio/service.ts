import { z } from 'zod';
import type { ExternalServer } from '../../lib/config/claims';
import { podUrl, secretKey, text } from '../../lib/config/primitives';
import { authority } from '../../lib/config/rules/external-servers';
import { nothingBesideExternal } from '../../lib/config/rules/needs';
import { chartSource } from '../../lib/config/sections/charts';
import { httpExposure } from '../../lib/config/sections/exposure';
import { installable, secretReference } from '../../lib/config/sections/installable';
import { amd64AndArm64, docker, facts } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';

const regionName = text('a region name: lower-case letters, digits and hyphens', /^[a-z0-9-]{1,63}$/, 'eu-west-1');

const minio = installable({
  /**
   * How S3 clients outside the cluster reach MinIO.
   * @default { type: 'cluster' }
   * @example { type: 'nodePort', port: 30900 }
   */
  expose: httpExposure(30900),
  /**
   * How browsers reach MinIO's console.
   * @default { type: 'cluster' }
   * @example { type: 'nodePort', port: 30901 }
   */
  console: httpExposure(30901),
  /**
   * Uses an S3 store of your own, which must have the buckets mlflow, prefect, models and drift.
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
      /** Secret with the keys of a user who may read and write those buckets. */
      secret: secretReference({
        /**
         * Key of the Secret that holds the access key.
         * @default 'accessKey'
         * @example 'accessKey'
         */
        accessKey: secretKey('accessKey').default('accessKey'),
        /**
         * Key of the Secret that holds the secret key.
         * @default 'secretKey'
         * @example 'secretKey'
         */
        secretKey: secretKey('secretKey').default('secretKey'),
      }),
    })
    .optional(),
});

export type MinioConfig = z.output<typeof minio>;

export default declareService({
  name: 'minio',
  config: {
    services: {
      /**
       * Object store for artifacts, flows and models. `false` leaves it out.
       * @default installed
       */
      minio,
    },
    charts: {
      /**
       * Chart of the object store.
       * @default the default above
       * @example 'upstream'
       */
      minio: chartSource.optional(),
    },
  },
  rules: [nothingBesideExternal('minio', 'expose', 'console')],
  offered: true,
  httpExposures: ['expose', 'console'],
  externalServers,
  sizes: {
    minio: {
      laptop: [1, '50m', '1', '448Mi', '1Gi', '5Gi'],
      team: [1, '250m', '2', '1Gi', '2Gi', '100Gi'],
      production: [1, '1', '4', '4Gi', '8Gi', '500Gi'],
      single: 'a standalone MinIO owns its volume alone',
    },
  },
  images: {
    // The maintained fork of MinIO, with its client inside (pgsty/silo, Dockerfile.goreleaser and
    // .github/workflows/docker-release.yml of September 2026).
    minio: docker('pgsty/silo', 'RELEASE.2026-09-16T00-00-00Z', facts('AGPL-3.0-or-later', amd64AndArm64)),
  },
  charts: {
    minio: {
      bundled: 'minio',
      original: {
        name: 'minio',
        version: '5.4.0',
        appVersion: 'RELEASE.2024-12-18T13-15-44Z',
        repository: 'https://charts.min.io', // minio/minio, helm/minio/README.md
        licence: 'AGPL-3.0',
        upkeep: 'Its last version: MinIO is no longer maintained. It gets the image of Silo, the maintained fork.',
      },
    },
  },
  originalCharts: { podSecurity: 'baseline' },
  upgrades: [
    {
      section: 'MinIO → Silo',
      from: /(^|\/)minio\/minio:/,
      before: "take a snapshot of the store's volume, which the way back may need",
    },
  ],
});

function externalServers({ services }: { readonly services: { readonly minio: MinioConfig } }): ExternalServer[] {
  const endpoint = services.minio === false ? undefined : services.minio.external?.endpoint;
  const path = ['services', 'minio', 'external', 'endpoint'];
  return endpoint === undefined ? [] : [{ kind: 'store', path, value: authority(endpoint) }];
}
