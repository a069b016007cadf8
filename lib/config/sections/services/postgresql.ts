import { z } from 'zod';
import { databaseName, podHost, port, secretKey } from '../../primitives';
import { service, secretReference } from './service';

const externalDatabase = z.strictObject({
  /**
   * Host of the server, as pods reach it.
   * @example 'postgres.example.org'
   */
  host: podHost('postgres.example.org'),
  /**
   * Port of the server.
   * @default 5432
   * @example 5432
   */
  port: port(5432).default(5432),
  /**
   * Name of the database, empty at first.
   * @example 'mlflow'
   */
  database: databaseName,
  /** The login of the database's owner. */
  secret: secretReference({
    /**
     * Key with the name of the user.
     * @default 'username'
     * @example 'username'
     */
    username: secretKey('username').default('username'),
    /**
     * Key with the password.
     * @default 'password'
     * @example 'password'
     */
    password: secretKey('password').default('password'),
  }),
});

export const postgresql = service({
  /**
   * Databases of your own, each in place of one that would be installed.
   * @default none
   */
  external: z
    .strictObject({
      /**
       * For MLflow's runs and registry.
       * @default one is installed
       */
      mlflow: externalDatabase.optional(),
      /**
       * For Prefect's flow runs.
       * @default Prefect brings one
       */
      prefect: externalDatabase.optional(),
    })
    .optional(),
});
