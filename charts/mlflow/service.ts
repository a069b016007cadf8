import { serviceNeeds } from '../../lib/config/rules/needs';
import { httpExposure } from '../../lib/config/sections/exposure';
import { installable } from '../../lib/config/sections/installable';
import { apache, built } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';

const mlflow = installable({
  /**
   * How browsers and clients outside the cluster reach MLflow.
   * @default a node port
   * @example { type: 'ingress', host: 'mlflow.example.org', tlsSecret: 'mlflow-tls' }
   */
  expose: httpExposure(30500),
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
  httpExposures: ['expose'],
  sizes: {
    mlflow: {
      laptop: [1, '50m', '1', '512Mi', '1Gi'],
      team: [1, '250m', '2', '1Gi', '2Gi'],
      production: [2, '500m', '2', '2Gi', '4Gi'],
    },
  },
  images: {
    /** Built here: the image of MLflow's authors has neither a PostgreSQL driver nor an S3 client. */
    mlflow: built('mlops-infra/mlflow', '2.3.1', apache('unknown'), {
      folder: 'programs/mlflow',
      context: 'programs/mlflow',
    }),
  },
});
