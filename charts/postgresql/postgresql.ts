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
import type { ClusterContext } from '../context';
import type { ImageName } from '../versions';

/** How one service reaches its own database, whoever runs the server. */
export interface DatabaseConnection {
  readonly endpoint: Endpoint;
  readonly database: string;
  readonly username: SecretKeyRef;
  readonly password: SecretKeyRef;
}

/** A server that the platform installed, as its administrator reaches it. */
export interface DatabaseServer {
  /** What names its exporter. */
  readonly name: string;
  readonly namespace: string;
  readonly endpoint: Endpoint;
  /** Password of the superuser `postgres`. Its Secret is in the namespace above. */
  readonly adminPassword: SecretKeyRef;
  /** The image of the server, which has psql. */
  readonly image: ImageName;
}

export interface PostgresqlProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly database: string;
  /** Owner of the database, not a superuser. */
  readonly username: string;
  readonly size: ComponentSize;
}

const releaseName = 'postgresql-mlflow';

/** PostgreSQL for MLflow. */
export class Postgresql extends ServiceChart {
  readonly connection: DatabaseConnection;
  readonly server: DatabaseServer;

  constructor(scope: Construct, id: string, props: PostgresqlProps) {
    const { cluster, namespace, database, username } = props;
    super(scope, id, { wave: Wave.Data, namespace });

    const credential = new Credential(this, 'credential', {
      name: releaseName,
      keys: { 'postgres-password': { random: 32 }, password: { random: 32 }, username: { value: username } },
    });
    new HelmRelease(this, 'release', {
      ...cluster.charts.release(
        'postgresql',
        helmValues(toJson_PostgresqlValues, postgresqlValues(props, credential.secretName)),
      ),
      releaseName,
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
