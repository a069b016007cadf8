import type { Construct } from 'constructs';
import type { HttpExposure } from '../../lib/config/sections/exposure';
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
const connectionSecret = 'prefect-server-postgresql-connection';
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
        originalServerValues(props),
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
    const probe = 'prefect';
    // Open to everyone, as /ready is (prefect 3.9.1, server/api/server.py).
    new Probed(this, 'health', { name: probe, url: endpoint.url('/health') });
    new AlertRules(this, 'alerts', ({ probing }) => (probing ? prefectRules(probe) : []));
    this.uses(server, database, 'flow runs, blocks and deployments');
    if (props.database === undefined) {
      const adminPassword = { namespace, name: connectionSecret, key: 'postgres-password' };
      const name = 'prefect-postgresql';
      this.databaseServer = { name, namespace, endpoint: database, adminPassword, image: 'prefectPostgresql' };
    }
  }

  /** The Secret with the connection string, as Prefect's chart expects it, and the address in it. */
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
    const template = `postgresql+asyncpg://{username}:{password}@${authority}/${database?.database ?? 'server'}`;
    if (database !== undefined) {
      const { username, password } = database;
      new Credential(this, 'connection', {
        name: connectionSecret,
        keys: { 'connection-string': { template, values: { username, password } } },
      });
      return endpoint;
    }
    const password = { namespace, name: connectionSecret, key: 'password' };
    new Credential(this, 'connection', {
      name: connectionSecret,
      keys: {
        password: { random: 32 },
        'postgres-password': { random: 32 },
        'connection-string': { template: template.replace('{username}', 'prefect'), values: { password } },
      },
    });
    return endpoint;
  }
}

function serverValues({ cluster, sizes, expose, database }: PrefectServerProps): Values<PrefectserverValues> {
  const { images, storageClass } = cluster;
  const { type, nodePort, annotations } = serviceSettings(expose);
  const image = images.get('prefect');
  const repository = `${image.registry}/${image.repository}`;
  const postgresql = images.get('prefectPostgresql');
  // Browsers read it, so it must be an address outside the cluster, or else that of a port-forward.
  const publicApi = publicEndpoint(expose, cluster.externalHost, 4200) ?? new Endpoint('localhost', 4200, 'http');
  return {
    server: {
      image: {
        repository,
        prefectTag: imageReference(image).slice(repository.length + 1),
      },
      publicApiUrl: publicApi.url('/api'),
      env: [
        { name: 'PREFECT_SERVER_API_AUTH_STRING', valueFrom: { secretKeyRef: login } },
        // Prefect reports its use to its authors unless this is off.
        { name: 'PREFECT_SERVER_ANALYTICS_ENABLED', value: 'false' },
        // The server writes its UI anew at every start, by default into its own read-only installation.
        { name: 'PREFECT_UI_STATIC_DIRECTORY', value: '/tmp/ui' },
      ],
      resources: resourceValues(sizes.prefectServer),
      replicaCount: sizes.prefectServer.replicas,
    },
    service: { type, nodePort, annotations },
    postgresql: {
      // The superuser creates the exporter's user.
      auth: { existingSecret: connectionSecret, enablePostgresUser: true },
      ...(database === undefined
        ? {
            image: postgresql,
            primary: {
              resources: resourceValues(sizes.prefectDatabase),
              persistence: { enabled: true, size: sizes.prefectDatabase.disk, storageClass },
            },
          }
        : { useSubChart: false }),
    },
  };
}

/**
 * The original chart puts the tag into a label, which no digest fits into. The digest is restored where images are
 * relocated.
 */
function originalServerValues({ cluster }: PrefectServerProps): object {
  const { tag, digest } = cluster.images.get('prefect');
  return digest === undefined || tag === '' ? {} : { server: { image: { prefectTag: tag } } };
}
