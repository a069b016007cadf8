import { destinationsOf, type PlatformContext } from '../context';
import type { KafkaConnection } from '../kafka/connection';
import type { ObjectStore } from '../minio/store';
import type { Mlflow } from '../mlflow/mlflow';
import type { DatabaseConnection } from '../postgresql/connection';
import { addPostgresqlExporter } from '../postgresql/exporter';
import type { Programs } from '../programs';
import type { PrefectApi } from './api';
import { PrefectFlows } from './flows';
import { PrefectServer } from './server';
import { PrefectWorker } from './worker';

/** The services that Prefect uses. */
interface Neighbours {
  /** @default the server brings its own database */
  readonly database?: DatabaseConnection;
  readonly store?: ObjectStore;
  readonly mlflow?: Mlflow;
  readonly kafka?: KafkaConnection;
  readonly programs: Programs;
}

/** What other services need to know about Prefect. */
export interface Prefect {
  readonly api: PrefectApi;
  readonly namespace: string;
}

/** Adds Prefect's server, a worker, and what flow runs need. */
export function addPrefect(platform: PlatformContext, neighbours: Neighbours): Prefect | undefined {
  const { app, config, cluster, namespaces } = platform;
  const { prefect } = config.services;
  if (prefect === false) return undefined;
  const { expose, workPool, limits } = prefect;
  const { sizes } = config;
  const { database, store, mlflow, kafka, programs } = neighbours;
  const namespace = namespaces.get('prefect', cluster.charts.podSecurity('prefect'));
  // Whoever may log in to Prefect chooses what runs in it, so nothing else is there.
  const flowNamespace = namespaces.get('flows');
  const { api, databaseServer } = new PrefectServer(app, 'prefect', { cluster, namespace, sizes, expose, database });
  if (databaseServer !== undefined) addPostgresqlExporter(platform, databaseServer);
  const storage = store?.accessOf('prefect', [{ bucket: 'prefect', right: 'readWrite' }]);
  const flows = { mlflow: mlflow?.endpoint, kafka, storage };
  const size = sizes.prefectWorker;
  new PrefectWorker(app, 'prefect-worker', { cluster, namespace, flowNamespace, size, api, workPool });
  new PrefectFlows(app, 'prefect-flows', {
    ...{ cluster, namespace, flowNamespace, size, api, workPool, limits, flows },
    ...{ flowSize: sizes.flowRun, destinations: destinationsOf(config, 'flowRuns') },
    program: programs.prefectBootstrap,
  });
  return { api, namespace };
}
