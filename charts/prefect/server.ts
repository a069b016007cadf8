import type { Construct } from 'constructs';
import type { HttpExposure } from '../../lib/config/sections/exposure';
import { toJson_PostgresqlValues, type PostgresqlValues } from '../../imports/postgresql';
import { toJson_PrefectserverValues, type PrefectserverValues } from '../../imports/prefect-server';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues, type Values } from '../../lib/helm/values';
import { AlertRules } from '../../lib/graph/alert';
import { Credential } from '../../lib/graph/credential';
import { Endpoint } from '../../lib/graph/endpoint';
import { Exposed, publicEndpoint, serviceSettings } from '../../lib/graph/exposure';
import { Probed } from '../../lib/graph/monitor';
import { imageReference } from '../../lib/images/images';
import { resourceValues } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { Sizes } from '../config';
import type { ClusterContext } from '../context';
import type { DatabaseConnection, DatabaseServer } from '../postgresql/connection';
import { prefectRules } from './alerts';
import type { PrefectApi } from './api';

export interface PrefectServerProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly sizes: Pick<Sizes, 'prefectServer' | 'prefectDatabase'>;
  readonly expose: HttpExposure;
  /** @default a PostgreSQL of its own */
  readonly database?: DatabaseConnection;
}

const server = 'prefect-server';
/** In the PostgreSQL of Prefect's own. */
const installed = { database: 'server', username: 'prefect' };
const connectionSecret = 'prefect-server-postgresql-connection';
const connectionKey = 'connection-string';
/** The key is that of the original chart. */
const login = { name: 'prefect-login', key: 'auth-string' };

/** Prefect's server and its database. */
export class PrefectServer extends ServiceChart {
  readonly api: PrefectApi;
  /** Undefined where the database is external. */
  readonly databaseServer?: DatabaseServer;

  constructor(scope: Construct, id: string, props: PrefectServerProps) {
    const { cluster, namespace, expose } = props;
    super(scope, id, { wave: Wave.Applications, namespace });

    const database = this.databaseConnection(props);
    new Credential(this, 'login', {
      name: login.name,
      keys: {
        password: { random: 32 },
        [login.key]: {
          template: 'admin:{password}',
          values: { password: { namespace, name: login.name, key: 'password' } },
        },
      },
    });
    new HelmRelease(this, 'release', {
      ...cluster.charts.release(
        'prefectServer',
        helmValues(toJson_PrefectserverValues, serverValues(props)),
        originalServerValues,
      ),
      releaseName: server,
    });
    new Exposed(this, 'expose', {
      ...{ title: 'Prefect', exposure: expose, externalHost: cluster.externalHost },
      ...{ service: server, port: 4200 },
    });
    const service = Endpoint.ofService({ name: server, namespace, domain: cluster.domain, port: 4200, scheme: 'http' });
    const endpoint = new Endpoint(service.host, service.port, service.scheme, '/api');
    this.api = { endpoint, login: { namespace, ...login } };
    this.offers('prefect', endpoint);
    const probe = 'prefect';
    // Open to everyone, as /ready is (prefect 3.9.1, server/api/server.py).
    new Probed(this, 'health', { name: probe, url: endpoint.url('/health') });
    new AlertRules(this, 'alerts', ({ probing }) => (probing ? prefectRules(probe) : []));
    this.uses(`Deployment/${server}`, database, 'flow runs, blocks and deployments');
    if (props.database === undefined) {
      // The original chart brings a PostgreSQL 14 of Bitnami's, which its authors advise against in production.
      new HelmRelease(this, 'database', {
        ...cluster.charts.bundled('postgresql', helmValues(toJson_PostgresqlValues, databaseValues(props))),
        releaseName: server,
      });
      const adminPassword = { namespace, name: connectionSecret, key: 'postgres-password' };
      const name = 'prefect-postgresql';
      this.databaseServer = { name, namespace, endpoint: database, adminPassword, image: 'prefectPostgresql' };
    }
  }

  /** The Secret with the connection string, and the address in it. */
  private databaseConnection({ cluster, namespace, database }: PrefectServerProps): Endpoint {
    const endpoint =
      database?.endpoint ??
      Endpoint.ofService({
        name: `${server}-postgresql`,
        namespace,
        domain: cluster.domain,
        port: 5432,
        scheme: 'postgresql',
      });
    const authority = endpoint.authority;
    const template = `postgresql+asyncpg://{username}:{password}@${authority}/${database?.database ?? installed.database}`;
    if (database !== undefined) {
      const { username, password } = database;
      new Credential(this, 'connection', {
        name: connectionSecret,
        keys: { [connectionKey]: { template, values: { username, password } } },
      });
      return endpoint;
    }
    const password = { namespace, name: connectionSecret, key: 'password' };
    new Credential(this, 'connection', {
      name: connectionSecret,
      keys: {
        password: { random: 32 },
        'postgres-password': { random: 32 },
        [connectionKey]: { template: template.replace('{username}', installed.username), values: { password } },
      },
    });
    return endpoint;
  }
}

function serverValues({ cluster, sizes, expose }: PrefectServerProps): Values<PrefectserverValues> {
  const { type, nodePort, annotations } = serviceSettings(expose);
  const image = cluster.images.get('prefect');
  const repository = `${image.registry}/${image.repository}`;
  // Browsers read it, so it must be an address outside the cluster, or else that of a port-forward.
  const publicApi = publicEndpoint(expose, cluster.externalHost, 4200) ?? new Endpoint('localhost', 4200, 'http');
  return {
    global: {
      prefect: { image: { repository, prefectTag: imageReference(image).slice(repository.length + 1) } },
    },
    server: {
      uiConfig: { prefectUiApiUrl: publicApi.url('/api') },
      basicAuth: { enabled: true, existingSecret: login.name },
      // Prefect reports its use to its authors unless this is off.
      env: [{ name: 'PREFECT_SERVER_ANALYTICS_ENABLED', value: 'false' }],
      resources: resourceValues(sizes.prefectServer),
      replicaCount: sizes.prefectServer.replicas,
    },
    service: { type, nodePort, annotations },
    externalDatabase: { existingSecret: connectionSecret, connectionStringSecretKey: connectionKey },
  };
}

/** What is fixed in the bundled chart, whose server has no token and only the rights that it needs. */
const originalServerValues = {
  server: {
    automountServiceAccountToken: false,
    containerSecurityContext: { capabilities: { drop: ['ALL'] } },
  },
  serviceAccount: { automountServiceAccountToken: false },
  postgresql: { enabled: false },
};

function databaseValues({ cluster, sizes: { prefectDatabase } }: PrefectServerProps): Values<PostgresqlValues> {
  return {
    image: cluster.images.get('prefectPostgresql'),
    auth: { ...installed, existingSecret: connectionSecret },
    primary: {
      resources: resourceValues(prefectDatabase),
      persistence: { size: prefectDatabase.disk, storageClass: cluster.storageClass },
    },
  };
}
