import credentials from './credentials/service';
import drift from './drift/service';
import grafana from './grafana/service';
import istio from './istio/service';
import kafka from './kafka/service';
import minio from './minio/service';
import mlflow from './mlflow/service';
import models from './models/service';
import nfs from './nfs/service';
import postgresql from './postgresql/service';
import prefect from './prefect/service';
import prometheus from './prometheus/service';
import retraining from './retraining/service';
import seldon from './seldon/service';

/** Every service's declaration, in the order in which messages list services. `platform.ts` wires them. */
export const services = [
  postgresql,
  minio,
  mlflow,
  istio,
  seldon,
  models,
  prefect,
  prometheus,
  grafana,
  kafka,
  drift,
  retraining,
  nfs,
  credentials,
] as const;
