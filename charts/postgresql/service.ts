import { z } from 'zod';
import { podHost, port, secretKey, text } from '../../lib/config/primitives';
import { chartSource } from '../../lib/config/sections/charts';
import { installable, secretReference } from '../../lib/config/sections/installable';
import { quay, apache, amd64AndArm64 } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { bitnamiRepository, bitnamiImage, movedRepositories, bitnamiUpkeep } from '../bitnami';
import { postgresqlImage } from './image';
import { databaseAbsence, exporterAbsence, externalDatabases, externalServers } from './rules';

// Quotes, spaces and reserved characters of URLs would need different escaping in each consumer.
const databaseName = text(
  'a database name: letters, digits, "_" and "-", at most 63',
  /^[A-Za-z_][\w-]{0,62}$/,
  'mlflow',
);

const externalDatabase = z.strictObject({
  /**
   * Host of the server, as pods reach it.
   * @example 'postgres.example.org'
   */
  host: podHost('postgres.example.org'),
  /**
   * Port of the server.
   * @default 5432
   * @example 5432
   */
  port: port(5432).default(5432),
  /**
   * Name of the database, which must be empty at first.
   * @example 'mlflow'
   */
  database: databaseName,
  /** Secret with the login of the database's owner. */
  secret: secretReference({
    /**
     * Key of the Secret that holds the user name.
     * @default 'username'
     * @example 'username'
     */
    username: secretKey('username').default('username'),
    /**
     * Key of the Secret that holds the password.
     * @default 'password'
     * @example 'password'
     */
    password: secretKey('password').default('password'),
  }),
});

const postgresql = installable({
  /**
   * Databases of your own, each instead of an installed one. Upgrades hold a lock of their session: behind a pooler,
   * pool by session.
   * @default none
   */
  external: z
    .strictObject({
      /**
       * Database of MLflow's runs and registry.
       * @default one is installed
       */
      mlflow: externalDatabase.optional(),
      /**
       * Database of Prefect's flow runs.
       * @default Prefect brings one
       */
      prefect: externalDatabase.optional(),
    })
    .optional(),
});

export type ExternalDatabase = z.output<typeof externalDatabase>;

export default declareService({
  name: 'postgresql',
  config: {
    services: {
      /**
       * PostgreSQL for MLflow. Prefect brings its own. `false` leaves it out.
       * @default installed
       */
      postgresql,
    },
    charts: {
      /**
       * Chart of PostgreSQL for MLflow.
       * @default the default above
       * @example 'upstream'
       */
      postgresql: chartSource.optional(),
    },
  },
  rules: [externalDatabases],
  // A database without a user is not installed.
  installs: () => false,
  externalServers,
  sizes: {
    postgresql: {
      laptop: [1, '50m', '1', '128Mi', '512Mi', '2Gi'],
      team: [1, '250m', '2', '512Mi', '1Gi', '20Gi'],
      production: [1, '1', '4', '2Gi', '4Gi', '100Gi'],
      single: 'a second replica would be a second, empty database',
      absent: databaseAbsence('mlflow'),
    },
    postgresqlExporter: {
      laptop: [1, '10m', '200m', '24Mi', '128Mi'],
      team: [1, '10m', '200m', '32Mi', '128Mi'],
      production: [1, '25m', '250m', '48Mi', '256Mi'],
      single: 'a second replica would count every session twice',
      absent: exporterAbsence,
    },
  },
  images: {
    postgresql: postgresqlImage,
    // prometheus-community/postgres_exporter v0.20.1, Makefile and .github/workflows/ci.yml
    postgresqlExporter: quay(
      'prometheuscommunity/postgres-exporter',
      'v0.20.1',
      apache([...amd64AndArm64, 'arm/v7', 'ppc64le']),
    ),
  },
  charts: {
    postgresql: {
      bundled: 'postgresql',
      original: {
        name: 'postgresql',
        version: '12.5.6',
        appVersion: '15.3.0',
        repository: bitnamiRepository,
        licence: 'Apache-2.0 (PostgreSQL)',
        upkeep: bitnamiUpkeep,
      },
    },
  },
  originalCharts: {
    images: { postgresql: bitnamiImage('postgresql', '15.3.0-debian-11-r7', 'PostgreSQL', amd64AndArm64) },
    podSecurity: 'baseline',
    movedRepositories,
  },
  checks: { urlSchemes: ['postgres', 'postgresql'] },
  upgrades: [
    {
      section: 'PostgreSQL 15.3 (MLflow) and 14.3 (Prefect) → 17.12',
      // Bitnami's 14 was in the original chart of Prefect; MLflow's original chart still has its 15.
      from: /(^|\/)(library\/postgres:(9|1[0-6])|bitnami(legacy)?\/postgresql:14)\b/,
      before: 'dump the database and remove its volume, because PostgreSQL 17 does not start on the old one',
    },
  ],
});
