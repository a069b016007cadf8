import type { SecretSpec } from '../../../lib/graph/secret-spec';
import type { JobResult } from '../../support/credentials-job';
import { FakeApiServer } from '../../support/fake-api-server';

/** What `platform` says of mlflow/database beside its keys. */
export const labels = { 'app.kubernetes.io/managed-by': 'mlops-infra' };

/** A small platform, each Secret in front of those it depends on. */
export const platform: readonly SecretSpec[] = [
  {
    namespace: 'models',
    name: 'rclone',
    keys: {
      RCLONE_CONFIG_S3_TYPE: { value: 's3' },
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: { copyOf: { namespace: 'mlflow', name: 'store', key: 'secret-key' } },
    },
  },
  {
    namespace: 'mlflow',
    name: 'database',
    type: 'example.org/database',
    labels,
    annotations: { 'example.org/note': 'made by the platform' },
    keys: {
      uri: {
        template: 'postgresql://mlflow:{password}@postgresql.data:5432/mlflow',
        values: { password: { namespace: 'data', name: 'postgresql', key: 'mlflow-password' } },
      },
    },
  },
  {
    namespace: 'mlflow',
    name: 'store',
    keys: { 'secret-key': { copyOf: { namespace: 'data', name: 'minio', key: 'mlflow-password' } } },
  },
  { namespace: 'data', name: 'minio', keys: { rootUser: { value: 'root' }, 'mlflow-password': { random: 40 } } },
  {
    namespace: 'data',
    name: 'postgresql',
    keys: { 'postgres-password': { random: 32 }, 'mlflow-password': { random: 24 } },
  },
];

/** A Secret with one random value. @param id namespace/name */
export const random = (id: string, key = 'password'): SecretSpec => {
  const [namespace = '', name = ''] = id.split('/');
  return { namespace, name, keys: { [key]: { random: 20 } } };
};

/** A Secret with one value of another. @param id namespace/name @param source namespace/name */
export const copy = (id: string, source: string, key = 'password'): SecretSpec => {
  const [namespace = '', name = ''] = source.split('/');
  return { ...random(id), keys: { [key]: { copyOf: { namespace, name, key } } } };
};

/** An API server with the namespaces of the platform. */
export async function startServer(host?: string): Promise<FakeApiServer> {
  const server = await FakeApiServer.start({ host });
  for (const { namespace } of platform) server.namespaces.add(namespace);
  return server;
}

export const lines = (text: string): string[] => text.trimEnd().split('\n');

export function expectSuccess(result: JobResult): void {
  expect(result).toMatchObject({ code: 0, stderr: '' });
}

export function expectCompletePlatform(server: FakeApiServer): void {
  const database = server.data('data/postgresql');
  const store = server.data('data/minio');
  expect(database['postgres-password']).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(database['mlflow-password']).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(store['mlflow-password']).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(store.rootUser).toBe('root');
  expect(server.data('mlflow/store')).toEqual({ 'secret-key': store['mlflow-password'] });
  expect(server.data('mlflow/database')).toEqual({
    uri: `postgresql://mlflow:${database['mlflow-password'] ?? ''}@postgresql.data:5432/mlflow`,
  });
  expect(server.data('models/rclone')).toEqual({
    RCLONE_CONFIG_S3_TYPE: 's3',
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: store['mlflow-password'],
  });
}
