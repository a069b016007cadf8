import { findObject, renderChart } from './render';
import type { KubeObject } from './render';

const externalDatabase = {
  existingSecret: 'prefect-server-postgresql',
  connectionStringSecretKey: 'connection-string',
};

const render = (values: object): Promise<readonly KubeObject[]> =>
  renderChart('prefect-server', { release: 'prefect-server', namespace: 'mlops-prefect', values });

const pod = (objects: readonly KubeObject[]) => findObject(objects, 'Deployment', 'prefect-server').spec.template;

const secretKeys = (container: { env: { valueFrom?: { secretKeyRef: object } }[] }) =>
  container.env.flatMap(({ valueFrom }) => (valueFrom ? [valueFrom.secretKeyRef] : []));

const names = (objects: readonly KubeObject[]) =>
  objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();

test('without a database of its own only the server is left, and reads where one is from a Secret', async () => {
  const objects = await render({ externalDatabase });
  expect(names(objects)).toEqual([
    'Deployment/prefect-server',
    'Service/prefect-server',
    'ServiceAccount/prefect-server',
  ]);
  const { containers, initContainers } = pod(objects).spec;
  const key = [{ name: 'prefect-server-postgresql', key: 'connection-string' }];
  expect(secretKeys(containers[0])).toEqual(key);
  expect(secretKeys(initContainers[0])).toEqual(key);
});

test('migrates the database with the image of the server, before the server starts', async () => {
  const env = [{ name: 'PREFECT_SERVER_ANALYTICS_ENABLED', value: 'false' }];
  const uiConfig = { prefectUiApiUrl: 'http://10.0.0.1:30420/api' };
  const { spec } = pod(await render({ externalDatabase, server: { uiConfig, env } }));
  const [database] = spec.initContainers;
  const [server] = spec.containers;
  expect(database.command.slice(0, 2)).toEqual(['python', '-c']);
  expect(database.command[2]).toContain('"server", "database", "upgrade"');
  expect(database.image).toBe(server.image);
  expect(server.env).toEqual(
    expect.arrayContaining([
      { name: 'PREFECT_SERVER_DATABASE_MIGRATE_ON_START', value: 'false' },
      { name: 'PREFECT_UI_API_URL', value: 'http://10.0.0.1:30420/api' },
      ...env,
    ]),
  );
});

test('what migrates the database gets its settings, and neither the login nor anything else', async () => {
  const settings = [
    { name: 'PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT', value: '10' },
    { name: 'PREFECT_API_DATABASE_TIMEOUT', value: '20' },
    { name: 'PGSSLMODE', value: 'verify-full' },
  ];
  const others = [{ name: 'PREFECT_SERVER_ANALYTICS_ENABLED', value: 'false' }];
  const basicAuth = { enabled: true, existingSecret: 'prefect-login' };
  const { spec } = pod(await render({ externalDatabase, server: { basicAuth, env: [...others, ...settings] } }));
  const connection = { secretKeyRef: { name: 'prefect-server-postgresql', key: 'connection-string' } };
  expect(spec.initContainers[0].env).toEqual([
    { name: 'HOME', value: '/home/prefect' },
    { name: 'PREFECT_SERVER_DATABASE_CONNECTION_URL', valueFrom: connection },
    ...settings,
  ]);
  const login = { secretKeyRef: { name: 'prefect-login', key: 'auth-string' } };
  expect(spec.containers[0].env).toEqual(
    expect.arrayContaining([
      { name: 'PREFECT_SERVER_API_AUTH_STRING', valueFrom: login },
      { name: 'PREFECT_UI_STATIC_DIRECTORY', value: '/tmp/ui' },
      ...others,
      ...settings,
    ]),
  );
});

const port = { name: 'server-svc-port', port: 4200, targetPort: 'server-svc-port' };
test.each([
  [{}, { type: 'ClusterIP', ports: [port] }],
  [
    { type: 'NodePort', nodePort: 30420 },
    { type: 'NodePort', externalTrafficPolicy: 'Cluster', ports: [{ ...port, nodePort: 30420 }] },
  ],
  [
    { type: 'LoadBalancer', externalTrafficPolicy: 'Local', nodePort: 30420 },
    { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [port] },
  ],
])('service %j', async (service, expected) => {
  const objects = await render({ externalDatabase, service });
  const { selector, ...spec } = findObject(objects, 'Service', 'prefect-server').spec;
  expect(spec).toEqual(expected);
  expect(pod(objects).metadata.labels).toMatchObject(selector);
});

test('keeps a replica through disruptions as soon as there are two', async () => {
  const budget = 'PodDisruptionBudget/prefect-server';
  expect(names(await render({ externalDatabase }))).not.toContain(budget);
  expect(names(await render({ externalDatabase, server: { replicaCount: 2 } }))).toContain(budget);
});

test('an affinity of the user takes the place of the default', async () => {
  const affinity = { nodeAffinity: {} };
  expect(pod(await render({ externalDatabase })).spec.affinity).toHaveProperty('podAntiAffinity');
  expect(pod(await render({ externalDatabase, server: { affinity } })).spec.affinity).toEqual(affinity);
});

test.each([
  [{}, "at '/externalDatabase': missing properties 'existingSecret', 'connectionStringSecretKey'"],
  [{ externalDatabase, ingress: {} }, "at '': additional properties 'ingress' not allowed"],
  [{ externalDatabase, postgresql: { enabled: true } }, "at '': additional properties 'postgresql' not allowed"],
  [{ externalDatabase, server: { basicAuth: { enabled: true } } }, "missing property 'existingSecret'"],
  [
    { externalDatabase, server: { uiConfig: { prefectUiApiUrl: 'http://10.0.0.1:30420' } } },
    "at '/server/uiConfig/prefectUiApiUrl'",
  ],
])('refuses %j', async (values, message) => {
  await expect(render(values)).rejects.toThrow(message);
});
