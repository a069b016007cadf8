import { imagePins } from '../../charts/config';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { filesIn } from '../support/cli';
import { temporaryFolder, writeFiles } from '../support/temporary';
import { findObject, renderChart } from './render';
import type { KubeObject } from './render';

const folder = temporaryFolder();
const secret = { existingSecret: 'postgresql-mlflow' };

const render = (values: object, release = 'postgresql-mlflow'): Promise<readonly KubeObject[]> =>
  renderChart('postgresql', { release, namespace: 'mlops-mlflow', values });

const pod = (objects: readonly KubeObject[]) => findObject(objects, 'StatefulSet', 'postgresql-mlflow').spec.template;

const configuration = (objects: readonly KubeObject[]): Record<string, string> =>
  findObject(objects, 'ConfigMap', 'postgresql-mlflow-configuration').data;

test('publishes the Services of the original chart', async () => {
  const objects = await render({ auth: secret });
  const selector = {
    'app.kubernetes.io/name': 'postgresql',
    'app.kubernetes.io/instance': 'postgresql-mlflow',
    'app.kubernetes.io/component': 'primary',
  };
  const ports = [{ name: 'tcp-postgresql', port: 5432, targetPort: 'tcp-postgresql' }];
  expect(findObject(objects, 'Service', 'postgresql-mlflow').spec).toEqual({ type: 'ClusterIP', selector, ports });
  expect(findObject(objects, 'Service', 'postgresql-mlflow-hl').spec).toMatchObject({ clusterIP: 'None', selector });
  expect(pod(objects).metadata.labels).toMatchObject(selector);
  expect(objects.filter(({ metadata }) => metadata.namespace !== 'mlops-mlflow')).toEqual([]);
});

test.each([
  ['data', {}, 'data-postgresql'],
  ['my-postgresql', {}, 'my-postgresql'],
  ['data', { fullnameOverride: 'db' }, 'db'],
])('release %s with %j is named %s', async (release, names, expected) => {
  const objects = await render({ ...names, auth: secret }, release);
  expect(findObject(objects, 'StatefulSet', expected).spec.serviceName).toBe(`${expected}-hl`);
});

test('hands passwords to the init container alone, under the keys that the values name', async () => {
  const auth = { ...secret, username: 'mlflow', database: 'mlflow-tracking-server' };
  const { spec } = pod(await render({ auth: { ...auth, secretKeys: { userPasswordKey: 'mlflow-password' } } }));
  const reference = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'postgresql-mlflow', key } } });
  expect(spec.initContainers[0].env).toEqual(
    expect.arrayContaining([
      { name: 'APP_USER', value: 'mlflow' },
      { name: 'APP_DATABASE', value: 'mlflow-tracking-server' },
      { name: 'APP_PASSWORD', ...reference('mlflow-password') },
      { name: 'ADMIN_PASSWORD', ...reference('postgres-password') },
    ]),
  );
  expect(spec.containers[0].env).toBeUndefined();
});

test('refuses data of another major version, says how to move it, and leaves it alone', async () => {
  const script = configuration(await render({ auth: secret }))['setup.sh'] ?? '';
  const data = join(folder, 'pgdata');
  const bin = join(folder, 'bin');
  writeFiles(data, { PG_VERSION: '15\n' });
  writeFiles(bin, { postgres: '#!/bin/sh\necho "postgres (PostgreSQL) 17.12 (Debian 17.12-1.pgdg12+1)"\n' });
  chmodSync(join(bin, 'postgres'), 0o755);
  const env = { PGDATA: data, PATH: [bin, process.env.PATH].join(delimiter) };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^This is PostgreSQL 17, .* data of PostgreSQL 15, .* Nothing was changed\. .*upgrading\.md\.\n$/,
  );
  expect(filesIn(data)).toEqual({ PG_VERSION: '15\n' });
  expect(pod(await render({ auth: secret })).spec.initContainers[0].terminationMessagePolicy).toBe(
    'FallbackToLogsOnError',
  );
});

test('keeps a superuser without a password off the network', async () => {
  const auth = { ...secret, username: 'prefect', database: 'server' };
  const open = await render({ auth });
  const closed = await render({ auth: { ...auth, enablePostgresUser: false } });
  const rules = (objects: readonly KubeObject[]) => configuration(objects)['pg_hba.conf']?.split('\n').slice(1, -1);
  expect(rules(open)).toEqual(['local all postgres peer', 'host all all all scram-sha-256']);
  expect(rules(closed)).toEqual([
    'local all postgres peer',
    'host all postgres all reject',
    'host all all all scram-sha-256',
  ]);
  expect(JSON.stringify(pod(closed))).not.toContain('ADMIN_PASSWORD');
});

test('takes the user "postgres" for the superuser that it is', async () => {
  const { spec } = pod(await render({ auth: { ...secret, username: 'postgres', database: 'app' } }));
  expect(JSON.stringify(spec.initContainers[0].env)).not.toContain('APP_PASSWORD');
});

test('restarts the pod when its configuration changes, and only then', async () => {
  const plain = pod(await render({ auth: secret }));
  const tuned = await render({ auth: secret, primary: { extendedConfiguration: 'shared_buffers = 1GB' } });
  expect(configuration(tuned)['postgresql.conf']).toMatch(/\nshared_buffers = 1GB\n$/);
  expect(pod(tuned).metadata.annotations).not.toEqual(plain.metadata.annotations);
  expect(pod(await render({ auth: secret }))).toEqual(plain);
});

test.each([
  ['', undefined],
  ['-', ''],
  ['fast', 'fast'],
])('storage class %j becomes %j', async (storageClass, expected) => {
  const objects = await render({ auth: secret, primary: { persistence: { size: '1Gi', storageClass } } });
  const [claim] = findObject(objects, 'StatefulSet', 'postgresql-mlflow').spec.volumeClaimTemplates;
  expect(claim.spec.storageClassName).toBe(expected);
  expect(claim.spec.resources.requests.storage).toBe('1Gi');
});

test('without persistence the data lives and dies with the pod', async () => {
  const objects = await render({ auth: secret, primary: { persistence: { enabled: false } } });
  expect(findObject(objects, 'StatefulSet', 'postgresql-mlflow').spec.volumeClaimTemplates).toBeUndefined();
  expect(pod(objects).spec.volumes).toContainEqual({ name: 'data', emptyDir: {} });
});

test('pulls by digest as well as tag when there is one, in both containers', async () => {
  const image = { registry: 'mirror.example.com', digest: `sha256:${'a'.repeat(64)}`, pullSecrets: ['mirror'] };
  const { spec } = pod(await render({ auth: secret, image }));
  const expected = `mirror.example.com/library/postgres:${imagePins.postgresql.tag}@${image.digest}`;
  expect([spec.initContainers[0].image, spec.containers[0].image]).toEqual([expected, expected]);
  expect(spec.imagePullSecrets).toEqual([{ name: 'mirror' }]);
});

test.each([
  [{}, "at '/auth': missing property 'existingSecret'"],
  [{ auth: { ...secret, password: 'x' } }, "at '/auth': additional properties 'password' not allowed"],
  [{ auth: { ...secret, username: 'mlflow' } }, 'auth.database: missing, but auth.username is "mlflow"'],
  [{ auth: { ...secret, enablePostgresUser: false } }, 'auth.username: missing, but auth.enablePostgresUser is false'],
])('refuses %j', async (values, message) => {
  await expect(render(values)).rejects.toThrow(message);
});
