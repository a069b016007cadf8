import { anyOf, silent, type RuleGroup, type Source } from '../../lib/graph/alert';

/** One set of rules for all servers, distinguished by the job of their exporter. */
export function postgresqlRules(sources: readonly Source[]): RuleGroup[] {
  if (sources.length === 0) return [];
  const selector = anyOf(
    'job',
    sources.map(({ job }) => job),
  );
  return [
    {
      name: 'postgresql',
      rules: [
        {
          alert: 'PostgresqlDown',
          expr: [`pg_up{${selector}} == 0`, ...sources.map(silent)].join(' or '),
          for: '5m',
          severity: 'critical',
          summary: 'A PostgreSQL server does not answer.',
          description: 'The exporter {{ $labels.namespace }}/{{ $labels.job }} reaches no server, or does not run.',
        },
        {
          alert: 'PostgresqlConnectionsHigh',
          expr:
            `sum by (job, namespace) (pg_stat_database_numbackends{${selector}}) ` +
            `/ max by (job, namespace) (pg_settings_max_connections{${selector}}) > 0.9`,
          for: '5m',
          severity: 'warning',
          summary: 'A PostgreSQL server has hardly a connection left.',
          description: 'Of the server behind {{ $labels.job }} {{ $value | humanizePercentage }} are in use.',
        },
        {
          alert: 'PostgresqlIdleTransaction',
          expr:
            `max by (job, namespace, datname, usename) ` +
            `(pg_stat_activity_max_tx_duration{${selector},state=~"idle in transaction.*"}) > 900`,
          for: '5m',
          severity: 'warning',
          summary: 'A transaction is open and does nothing.',
          description:
            'User {{ $labels.usename }} holds it in {{ $labels.datname }} for {{ $value | humanizeDuration }}.',
        },
      ],
    },
  ];
}
