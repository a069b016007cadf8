import type { App } from 'cdk8s';
import { ServiceChart } from '../lib/graph/service-chart';
import type { PlatformConfig } from './config';
import { contextOf } from './context';
import { addCredentials } from './credentials/credentials';
import { comparesAnswers } from './drift/detectors';
import { addDriftDetectors } from './drift/drift';
import { addGrafana } from './grafana/grafana';
import { addIstio } from './istio/istio';
import { addKafka } from './kafka/kafka';
import { addMinio } from './minio/minio';
import { addMlflow } from './mlflow/mlflow';
import { addModels } from './models/models';
import { addNamespaces } from './namespaces/namespaces';
import { addNfsProvisioner } from './nfs/nfs-provisioner';
import { addPostgresql } from './postgresql/postgresql';
import { addPrefect } from './prefect/prefect';
import type { Programs } from './programs';
import { addPrometheus } from './prometheus/prometheus';
import { addRetraining } from './retraining/retraining';
import { addSeldon } from './seldon/seldon';

/**
 * Adds every service of the config to the app. It is the only place that knows which services use each other. Each
 * function returns the same type for an installed and an external service, and undefined where the service is off. No
 * input but the arguments, no output but the app.
 */
export function buildPlatform(app: App, config: PlatformConfig, programs: Programs): void {
  const platform = contextOf(app, config);
  addNfsProvisioner(platform);
  const store = addMinio(platform, programs);
  const databases = addPostgresql(platform);
  const kafka = addKafka(platform);
  const mlflow = addMlflow(platform, { database: databases.mlflow, store });
  const prefect = addPrefect(platform, { database: databases.prefect, store, mlflow, kafka, programs });
  addRetraining(platform, { prefect, programs });
  const gateway = addIstio(platform);
  const seldon = addSeldon(platform, gateway);
  addModels(platform, { seldon, gateway, store, kafka, mlflow, streamsAnswers: comparesAnswers });
  addDriftDetectors(platform, { store, kafka, mlflow });
  const prometheus = addPrometheus(platform);
  addGrafana(platform, prometheus);
  addCredentials(platform, programs);
  addNamespaces(platform);
  ServiceChart.completeAll(app);
}
