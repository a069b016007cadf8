import { z } from 'zod';
import { grafana } from './grafana';
import { istio } from './istio';
import { kafka } from './kafka';
import { minio } from './minio';
import { mlflow } from './mlflow';
import { postgresql } from './postgresql';
import { prefect } from './prefect';
import { prometheus } from './prometheus';
import { service } from './service';

export const services = z.strictObject({
  /**
   * PostgreSQL for MLflow; Prefect brings its own. `false` leaves it out.
   * @default installed
   */
  postgresql,
  /**
   * The object store for artifacts, flows and models. `false` leaves it out.
   * @default installed
   */
  minio,
  /**
   * Tracking server and model registry. `false` leaves it out.
   * @default installed
   */
  mlflow,
  /**
   * The mesh whose gateway the models are served through. `false` leaves it out.
   * @default installed
   */
  istio,
  /**
   * Seldon Core, which serves the models. `false` leaves it out.
   * @default installed
   */
  seldon: service({}),
  /**
   * Pipelines. `false` leaves it out.
   * @default installed
   */
  prefect,
  /**
   * Metrics and alerts of the cluster, the services and the models. `false` leaves it out.
   * @default installed
   */
  prometheus,
  /**
   * Dashboards of the platform, its models and their drift. `{}` installs it.
   * @default false
   * @example {}
   */
  grafana,
  /**
   * Carries the requests of the models to the drift detectors. `false` leaves it out.
   * @default installed
   */
  kafka,
  /**
   * Detectors of drift, one for each model that asks for one. `false` leaves them out.
   * @default installed
   */
  drift: service({}),
});
