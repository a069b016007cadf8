import { z } from 'zod';
import { count, shortLabel, text } from '../../lib/config/primitives';
import { chartSource } from '../../lib/config/sections/charts';
import { httpExposure } from '../../lib/config/sections/exposure';
import { installable } from '../../lib/config/sections/installable';
import { amd64AndArm64, apache, docker } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { postgresqlImage } from '../postgresql/image';
import { databaseAbsence } from '../postgresql/rules';
import { checks, imageSpellings } from './checks';

/** Part of a path in Prefect's API. */
const tag = text(
  'a tag: letters, digits, "-", "_", "." and ":", at most 63',
  (value) => /^[-\w.:]{1,63}$/.test(value) && !/^\.+$/.test(value),
  'database',
);

const prefect = installable({
  /**
   * How browsers and clients outside the cluster reach Prefect.
   * @default { type: 'cluster' }
   * @example { type: 'nodePort', port: 30420 }
   */
  expose: httpExposure(30420),
  /**
   * Name of the work pool that the worker in the cluster serves.
   * @default 'kubernetes'
   * @example 'kubernetes'
   */
  workPool: shortLabel(
    63,
    'kubernetes',
    (name) => !name.startsWith('prefect'),
    ', not starting with "prefect", which Prefect keeps for itself',
  ).default('kubernetes'),
  /**
   * Limits of concurrent runs.
   * @default no limits are set
   */
  limits: z
    .strictObject({
      /**
       * Highest number of concurrent flow runs in the work pool.
       * @default whatever is set in Prefect; a new pool has no limit
       * @example 10
       */
      flowRuns: count(10).optional(),
      /**
       * Highest number of concurrent task runs with a tag, by tag. Limits of other tags are not changed.
       * @default {}
       * @example { database: 4 }
       */
      taskRuns: z.record(tag, count(4)).default({}),
    })
    .prefault({}),
});

export default declareService({
  name: 'prefect',
  config: {
    services: {
      /**
       * Runs pipelines: a server with a worker in the cluster. `false` leaves it out.
       * @default installed
       */
      prefect,
    },
    charts: {
      /**
       * Chart of Prefect's server. Its database is always that of the bundled charts.
       * @default the default above
       * @example 'upstream'
       */
      prefect: chartSource.optional(),
    },
  },
  offered: true,
  httpExposures: ['expose'],
  sizes: {
    prefectDatabase: {
      laptop: [1, '50m', '1', '128Mi', '512Mi', '2Gi'],
      team: [1, '250m', '2', '256Mi', '1Gi', '10Gi'],
      production: [1, '500m', '2', '1Gi', '2Gi', '50Gi'],
      single: 'a second replica would be a second, empty database',
      absent: databaseAbsence('prefect'),
    },
    prefectServer: {
      laptop: [1, '50m', '1', '384Mi', '1Gi'],
      team: [1, '250m', '2', '512Mi', '2Gi'],
      production: [1, '1', '4', '1Gi', '4Gi'],
      single: 'Prefect needs Redis to run more than one server, and the platform has none',
    },
    prefectWorker: {
      laptop: [1, '50m', '500m', '256Mi', '512Mi'],
      team: [1, '100m', '1', '256Mi', '1Gi'],
      production: [2, '250m', '1', '512Mi', '1Gi'],
    },
    flowRun: {
      laptop: [1, '100m', '1', '512Mi', '2Gi'],
      team: [1, '250m', '2', '1Gi', '4Gi'],
      production: [1, '500m', '4', '2Gi', '8Gi'],
      single: 'each flow run is one pod',
    },
  },
  images: {
    prefectPostgresql: postgresqlImage,
    // PrefectHQ/prefect, .github/workflows/docker-images.yaml
    prefect: docker('prefecthq/prefect', '3.9.1-python3.11-kubernetes', apache(amd64AndArm64)),
  },
  charts: {
    prefectServer: {
      bundled: 'prefect-server',
      original: {
        name: 'prefect-server',
        version: '2026.8.18172642',
        appVersion: '3.8.3',
        repository: 'https://prefecthq.github.io/prefect-helm', // PrefectHQ/prefect-helm 2026.8.18172642, README.md
        licence: 'Apache-2.0',
        upkeep: 'Maintained: a release in most weeks. It starts the pinned Prefect 3.9.1, on the bundled PostgreSQL.',
        keepsData: false,
      },
    },
  },
  originalCharts: { podSecurity: 'baseline' },
  checks,
  imageSpellings,
  upgrades: [
    {
      section: 'Prefect 2.10.4 → 3.9.1',
      from: /(^|\/)prefecthq\/prefect:[12]\./,
      before: 'dump the database, because Prefect 2 does not start on it once Prefect 3 has migrated it',
    },
  ],
});
