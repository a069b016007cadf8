import { z } from 'zod';
import { hostHeader } from '../../lib/config/primitives';
import { serviceNeeds } from '../../lib/config/rules/needs';
import { openHttpExposure } from '../../lib/config/sections/exposure';
import { installable } from '../../lib/config/sections/installable';
import { apache, built } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';

const mlflow = installable({
  /**
   * How browsers and clients outside the cluster reach MLflow.
   * @default { type: 'cluster' }
   * @example { type: 'ingress', host: 'mlflow.example.org', tlsSecret: 'mlflow-tls', withoutLogin: true }
   */
  expose: openHttpExposure(30500),
  /**
   * Further hosts by which clients call MLflow, such as a proxy of yours or other nodes. It refuses all others but its
   * Services' names, the address of `expose`, and localhost:5000.
   * @default []
   * @example ['192.0.2.11:30500']
   */
  allowedHosts: z.array(hostHeader('192.0.2.11:30500')).default([]),
});

export default declareService({
  name: 'mlflow',
  config: {
    services: {
      /**
       * Tracking server and model registry. `false` leaves it out.
       * @default installed
       */
      mlflow,
    },
  },
  needs: serviceNeeds('mlflow', 'postgresql', 'minio'),
  offered: true,
  httpExposures: ['expose'],
  sizes: {
    mlflow: {
      laptop: [1, '50m', '1', '512Mi', '1Gi'],
      team: [1, '250m', '2', '1Gi', '2Gi'],
      production: [2, '500m', '2', '2Gi', '4Gi'],
    },
  },
  images: {
    /** Built here: the authors' image with drivers is larger, and has no lock of what is in it. */
    mlflow: built('mlops-infra/mlflow', '3.17.2', apache('unknown'), {
      folder: 'programs/mlflow',
      context: 'programs/mlflow',
    }),
  },
  upgrades: [
    {
      section: 'MLflow 2.3.1 → 3.17.2',
      from: /(^|\/)mlflow:2\./,
      before: 'stop MLflow and dump its database, because no way leads back without the dump',
    },
  ],
});
