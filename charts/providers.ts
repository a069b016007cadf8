import { Endpoint } from '../lib/graph/endpoint';
import type { MonitorTarget } from '../lib/graph/monitor';
import type { SecretKeyRef } from '../lib/graph/secret-spec';
import { Istio, type IngressGateway } from './istio/istio';
import { Kafka, type KafkaConnection } from './kafka/kafka';
import { Minio, type BucketAccess, type BucketRight } from './minio/minio';
import { Postgresql, type DatabaseConnection, type DatabaseServer } from './postgresql/postgresql';
import type { Site } from './site';

// Each function gives its neighbours the same thing, whether the service is installed or your own; undefined when it is
// switched off.

export interface Databases {
  readonly mlflow?: DatabaseConnection;
  /** Undefined where Prefect brings a database of its own. */
  readonly prefect?: DatabaseConnection;
  /** The server that the platform installed for MLflow, if it did. */
  readonly server?: DatabaseServer;
}

export function databases({ app, config, cluster, namespaces }: Site): Databases {
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
  return { ...external, mlflow: installed.connection, server: installed.server };
}

interface ExternalDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly secret: { namespace: string; name: string; keys: { username: string; password: string } };
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

/** The object store, and the access that each of the users below has to it. */
export interface ObjectStore {
  readonly accessOf: (user: keyof typeof bucketUsers) => BucketAccess;
  /** Undefined where it is somebody else's, or not monitored. */
  readonly metrics?: MonitorTarget;
}

/** Who uses the object store, and what each may do with which bucket. */
const bucketUsers = {
  mlflow: { mlflow: 'readWrite' },
  prefect: { prefect: 'readWrite' },
  models: { models: 'read', mlflow: 'read' },
  drift: { mlflow: 'read', drift: 'readWrite' },
} as const satisfies Record<string, Record<string, BucketRight>>;

export function objectStore({ app, config, cluster, namespaces }: Site): ObjectStore | undefined {
  const { minio } = config.services;
  if (minio === false) return undefined;
  if (minio.external !== undefined) {
    const { endpoint, region, secret } = minio.external;
    const { namespace, name, keys } = secret;
    const access: BucketAccess = {
      endpoint: Endpoint.ofUrl(endpoint),
      region,
      accessKey: { copyOf: { namespace, name, key: keys.accessKey } },
      secretKey: { namespace, name, key: keys.secretKey },
    };
    return { accessOf: () => access };
  }
  const { expose, console } = minio;
  const size = config.sizes.minio;
  const installed = new Minio(app, 'minio', {
    cluster,
    namespace: namespaces.get('minio', cluster.charts.podSecurity('minio')),
    size,
    expose,
    console,
    users: bucketUsers,
    monitored: config.services.prometheus !== false,
  });
  return { accessOf: (user) => installed.accessOf(user), metrics: installed.metrics };
}

export function brokers({ app, config, cluster, namespaces }: Site): KafkaConnection | undefined {
  const { kafka } = config.services;
  if (kafka === false) return undefined;
  if (kafka.external !== undefined) {
    const { bootstrapServers } = kafka.external;
    const endpoints = bootstrapServers.map((server) => {
      const [host = '', port] = server.split(':');
      return new Endpoint(host, Number(port), 'kafka');
    });
    return { bootstrapServers: bootstrapServers.join(','), endpoints };
  }
  const size = config.sizes.kafka;
  return new Kafka(app, 'kafka', {
    cluster,
    namespace: namespaces.get('kafka'),
    size,
    ownNodes: config.profile === 'production',
    expose: kafka.expose,
    replicationFactor: kafka.replicationFactor ?? Math.min(3, size.replicas),
  }).connection;
}

export interface Gateway {
  readonly ingress: IngressGateway;
  /** Of the control plane. Undefined where it is somebody else's. */
  readonly metrics?: MonitorTarget;
}

export function ingressGateway({ app, config, cluster, namespaces }: Site): Gateway | undefined {
  const { istio } = config.services;
  if (istio === false) return undefined;
  if (istio.external !== undefined) {
    const { namespace, gatewaySelector } = istio.external;
    return { ingress: { namespace, selector: gatewaySelector } };
  }
  const { expose, egressGateway } = istio;
  const { ingressGateway: ingress, metrics } = new Istio(app, 'istio', {
    cluster,
    // Istio's own tools look for it under this name, whatever the prefix of the platform is.
    namespace: namespaces.register('istio-system', cluster.charts.podSecurity('istio')),
    sizes: config.sizes,
    expose,
    egressGateway,
  });
  return { ingress, metrics };
}
