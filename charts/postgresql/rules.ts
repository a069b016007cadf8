import { valueAt } from '../../lib/config/path';
import type { ExternalServer } from '../../lib/config/claims';
import { finding, type Rule } from '../../lib/config/rule';
import { absenceOf } from '../../lib/config/rules/sizes';
import type { Absence } from '../../lib/config/sizes';

/** The services that can use a database of the user's. */
const users = ['mlflow', 'prefect'] as const;

type User = (typeof users)[number];

/** The part of the config that the rules read. */
interface Config {
  readonly services: {
    readonly postgresql:
      false | { readonly external?: { readonly [Name in User]?: { readonly host: string; readonly port: number } } };
    readonly mlflow: false | object;
    readonly prefect: false | object;
    readonly prometheus: false | object;
  };
}

export const externalDatabases: Rule<Config> = ({ services }, { written }) => {
  if (services.postgresql === false || services.postgresql.external === undefined) return [];
  const path = ['services', 'postgresql', 'external'];
  const databases = services.postgresql.external;
  if (databases.mlflow === undefined && databases.prefect === undefined) {
    const rule = 'must name a database for mlflow, prefect or both (write e.g. { mlflow: { … } }, or remove it)';
    return [finding(path, valueAt(written, path), rule, [...path, 'mlflow'], [...path, 'prefect'])];
  }
  return users
    .filter((user) => databases[user] !== undefined && services[user] === false)
    .map((user) => {
      const rule = `has no effect while services.${user} is false (remove it)`;
      return finding([...path, user], valueAt(written, [...path, user]), rule, ['services', user]);
    });
};

export const externalServers = ({ services: { postgresql } }: Config): ExternalServer[] =>
  users.flatMap((user): ExternalServer[] => {
    const database = postgresql === false ? undefined : postgresql.external?.[user];
    const path = ['services', 'postgresql', 'external', user, 'host'];
    return database === undefined ? [] : [{ kind: 'database', path, value: `${database.host}:${database.port}` }];
  });

/** Why the database of a service is not installed; undefined where it is. */
export const databaseAbsence =
  (user: User) =>
  ({ services }: Config): Absence | undefined => {
    const { postgresql } = services;
    // Prefect brings its own.
    if (user === 'mlflow' && postgresql === false) return absenceOf({ services: { postgresql } }, 'postgresql');
    if (services[user] === false) return { because: ['services', user], is: 'false' };
    const external = postgresql === false ? undefined : postgresql.external?.[user];
    return external === undefined ? undefined : { because: ['services', 'postgresql', 'external', user], is: 'set' };
  };

/** The exporter serves MLflow's server and Prefect's. It is absent when both are. */
export function exporterAbsence(config: Config): Absence | undefined {
  const { postgresql, prometheus } = config.services;
  if (postgresql === false) return { because: ['services', 'postgresql'], is: 'false' };
  if (prometheus === false) return { because: ['services', 'prometheus'], is: 'false' };
  return databaseAbsence('prefect')(config) === undefined ? undefined : databaseAbsence('mlflow')(config);
}
