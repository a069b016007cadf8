import type { Row } from '../../lib/graph/dashboard';

/** The row of all PostgreSQL servers on the platform's dashboard. */
export const postgresqlRow: Row = {
  title: 'PostgreSQL',
  panels: [
    {
      title: 'Connections',
      queries: { 'sum by (job, datname) (pg_stat_database_numbackends)': '{{job}} {{datname}}' },
    },
    {
      title: 'Transactions',
      unit: 'cps',
      queries: { 'sum by (job) (rate(pg_stat_database_xact_commit[5m]))': '{{job}}' },
    },
    {
      title: 'Size',
      unit: 'bytes',
      queries: { 'max by (job, datname) (pg_database_size_bytes)': '{{job}} {{datname}}' },
    },
  ],
};
