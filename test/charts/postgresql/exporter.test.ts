import { PostgresqlExporter, type PostgresqlExporterProps } from '../../../charts/postgresql/exporter';
import type { DatabaseServer } from '../../../charts/postgresql/connection';
import { completeConfig } from '../../support/complete-config';
import { database } from '../../support/neighbours';
import { testSnapshots } from '../../support/service';

describe("PostgreSQL's exporter with every option set", () => {
  testSnapshots((app, cluster) => {
    const server: Required<DatabaseServer> = {
      name: 'databases',
      namespace: 'databases',
      endpoint: database.endpoint,
      adminPassword: { namespace: 'databases', name: 'root', key: 'root-password' },
      image: 'prefectPostgresql',
    };
    const props: Required<PostgresqlExporterProps> = { cluster, size: completeConfig.sizes.postgresqlExporter, server };
    return new PostgresqlExporter(app, 'databases-exporter', props);
  });
});
