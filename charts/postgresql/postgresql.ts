import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { toJson_PostgresqlValues, type PostgresqlValues } from '../../imports/postgresql';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues, type Values } from '../../lib/helm/values';
import { Credential } from '../../lib/graph/credential';
import { Endpoint } from '../../lib/graph/endpoint';
import { resourceValues } from '../../lib/kubernetes/pods';
import type { SecretKeyRef } from '../../lib/graph/secret-spec';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext, PlatformContext } from '../context';
import type { DatabaseConnection, DatabaseServer } from './connection';
import { addPostgresqlExporter } from './exporter';
import type { ExternalDatabase } from './service';

export interface PostgresqlProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly database: string;
  /** Owner of the database, not a superuser. */
  readonly username: string;
  readonly size: ComponentSize;
}

const releaseName = 'postgresql-mlflow';

/** The databases of the platform's services. */
export interface Databases {
  readonly mlflow?: DatabaseConnection;
  /** Undefined where Prefect brings its own database. */
  readonly prefect?: DatabaseConnection;
}

export function addPostgresql(platform: PlatformContext): Databases {
  const { app, config, cluster, namespaces } = platform;
  const { postgresql, mlflow } = config.services;
  if (postgresql === false) return {};
  const external = {
    mlflow: postgresql.external?.mlflow && externalDatabase(postgresql.external.mlflow),
    prefect: postgresql.external?.prefect && externalDatabase(postgresql.external.prefect),
  };
  if (external.mlflow !== undefined || mlflow === false) return external;
  const installed = new Postgresql(app, 'postgresql', {
    cluster,
    namespace: namespaces.get('mlflow', cluster.charts.podSecurity('postgresql')),
    database: 'mlflow-tracking-server',
    username: 'mlflow',
    size: config.sizes.postgresql,
  });
  addPostgresqlExporter(platform, installed.server);
  return { ...external, mlflow: installed.connection };
}

function externalDatabase({ host, port, database, secret }: ExternalDatabase): DatabaseConnection {
  const key = (name: string): SecretKeyRef => ({ namespace: secret.namespace, name: secret.name, key: name });
  return {
    endpoint: new Endpoint(host, port, 'postgresql'),
    database,
    username: key(secret.keys.username),
    password: key(secret.keys.password),
  };
}

/** PostgreSQL for MLflow. */
export class Postgresql extends ServiceChart {
  readonly connection: DatabaseConnection;
  readonly server: DatabaseServer;

  constructor(scope: Construct, id: string, props: PostgresqlProps) {
    const { cluster, namespace, database, username } = props;
    super(scope, id, { wave: Wave.Data, namespace });

    const values = helmValues(toJson_PostgresqlValues, postgresqlValues(props, releaseName));
    const release = cluster.charts.release('postgresql', values);
    new HelmRelease(this, 'release', { ...release, releaseName });
    const credential = new Credential(this, 'credential', {
      name: releaseName,
      keys: { 'postgres-password': { random: 32 }, password: { random: 32 }, username: { value: username } },
      byHand: release.chart.original === true ? originalKeepsPasswords : undefined,
    });
    const endpoint = Endpoint.ofService({
      name: releaseName,
      namespace,
      domain: cluster.domain,
      port: 5432,
      scheme: 'postgresql',
    });
    this.connection = {
      endpoint,
      database,
      username: credential.key('username'),
      password: credential.key('password'),
    };
    this.server = {
      name: 'postgresql',
      namespace,
      endpoint,
      adminPassword: credential.key('postgres-password'),
      image: 'postgresql',
    };
  }
}

/** bitnami/postgresql 12.5.6; ours sets them at every start (helm/postgresql/files/setup.sql). */
const originalKeepsPasswords =
  'the original Helm chart sets passwords in an empty database only: change them there with ALTER ROLE … PASSWORD first, ' +
  'then in this Secret and in those that copy it, and restart what uses them';

function postgresqlValues(
  { cluster, database, username, size }: PostgresqlProps,
  existingSecret: string,
): Values<PostgresqlValues> {
  return {
    image: cluster.images.get('postgresql'),
    auth: { database, username, existingSecret },
    primary: {
      resources: resourceValues(size),
      persistence: { size: size.disk, storageClass: cluster.storageClass },
    },
  };
}
