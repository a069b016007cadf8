import { k8s } from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { Credential } from '../../lib/graph/credential';
import { AlertRules, type Source } from '../../lib/graph/alert';
import { DashboardRow } from '../../lib/graph/dashboard';
import { resources } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext, PlatformContext } from '../context';
import { addExporter } from '../../lib/graph/exporter';
import { postgresqlRules } from './alerts';
import type { DatabaseServer } from './connection';
import { postgresqlRow } from './dashboard';

export interface PostgresqlExporterProps {
  readonly cluster: ClusterContext;
  readonly size: ComponentSize;
  readonly server: DatabaseServer;
}

/**
 * Declares a server with exported statistics. The exporter itself cannot be the declaration, because cdk8s takes every
 * chart for an instance of it.
 */
class MonitoredServer extends Construct {
  constructor(
    scope: Construct,
    id: string,
    /** What selects the server's series. */
    readonly source: Source,
  ) {
    super(scope, id);
  }

  static allIn(scope: IConstruct): Source[] {
    return scope.node.findAll().flatMap((node) => (node instanceof MonitoredServer ? [node.source] : []));
  }
}

/** Adds the exporter of a server, where there is a Prometheus. */
export function addPostgresqlExporter({ app, config, cluster }: PlatformContext, server: DatabaseServer): void {
  if (config.services.prometheus === false) return;
  new PostgresqlExporter(app, `${server.name}-exporter`, { cluster, size: config.sizes.postgresqlExporter, server });
}

/** Exports the statistics of a PostgreSQL server, with a user that may read nothing else. */
export class PostgresqlExporter extends ServiceChart {
  constructor(scope: Construct, id: string, { cluster, size, server }: PostgresqlExporterProps) {
    const { namespace, endpoint } = server;
    super(scope, id, { wave: Wave.Consumers, namespace });
    const name = id;
    const credential = new Credential(this, 'credential', { name, keys: { password: { random: 32 } } });
    addExporter(this, {
      name,
      namespace,
      size,
      image: cluster.images.reference('postgresqlExporter'),
      // Variables, flags, path and port: prometheus-community/postgres_exporter v0.20.1, README.md.
      args: ['--no-collector.wal', '--no-collector.replication_slots'],
      env: [
        { name: 'DATA_SOURCE_URI', value: `${endpoint.authority}/postgres?sslmode=disable` },
        { name: 'DATA_SOURCE_USER', value: user },
        ...credential.env({ DATA_SOURCE_PASS: 'password' }),
      ],
      port: 9187,
      healthPath: '/',
      user: 65534, // `nobody` of quay.io/prometheus/busybox, on which the image is based.
      initContainer: {
        name: 'user',
        image: cluster.images.reference(server.image),
        command: ['bash', '-ec', createUser],
        env: [
          { name: 'PGHOST', value: endpoint.host },
          { name: 'PGPORT', value: String(endpoint.port) },
          { name: 'PGUSER', value: 'postgres' },
          { name: 'PGDATABASE', value: 'postgres' },
          {
            name: 'PGPASSWORD',
            valueFrom: { secretKeyRef: { name: server.adminPassword.name, key: server.adminPassword.key } },
          },
          ...credential.env({ METRICS_PASSWORD: 'password' }),
        ],
        resources: resources(size),
      } satisfies k8s.Container,
    });
    this.uses(`Deployment/${name}`, endpoint, 'statistics of the databases');
    new MonitoredServer(this, 'server', { job: name, namespace });
    new AlertRules(this, 'alerts', ({ app }) => postgresqlRules(MonitoredServer.allIn(app)));
    new DashboardRow(this, 'dashboard', postgresqlRow);
  }
}

const user = 'metrics';

// Runs at every start of the pod, so that the user also gets a changed password. psql reads the password from its
// environment (version 14 has no \getenv yet), so it is never an argument. The text of a failed statement is not
// logged.
const createUser = String.raw`until pg_isready --quiet; do echo "waiting for PostgreSQL at $PGHOST"; sleep 2; done
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\set password ${'`'}printenv METRICS_PASSWORD${'`'}
SET client_min_messages = warning;
SET log_min_error_statement = panic;
SELECT 'CREATE ROLE ${user}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \gexec
ALTER ROLE ${user} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5
  PASSWORD :'password';
GRANT pg_monitor TO ${user};
SQL
echo "the user ${user} is ready"
`;
