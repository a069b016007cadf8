import { findObject, renderChart } from './render';
import type { KubeObject } from './render';

const postgresql = { auth: { existingSecret: 'prefect-server-postgresql' } };

const render = (values: object): Promise<KubeObject[]> =>
  renderChart('prefect-server', { release: 'prefect-server', namespace: 'mlops-prefect', values });

const pod = (objects: readonly KubeObject[]) => findObject(objects, 'Deployment', 'prefect-server').spec.template;

const secretKeys = (container: { env: { valueFrom?: { secretKeyRef: object } }[] }) =>
  container.env.flatMap(({ valueFrom }) => (valueFrom ? [valueFrom.secretKeyRef] : []));

const names = (objects: readonly KubeObject[]) =>
  objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();

test('server and database read the same Secret, each its own key', async () => {
  const objects = await render({ postgresql });
  const server = pod(objects).spec;
  const database = findObject(objects, 'StatefulSet', 'prefect-server-postgresql').spec.template.spec;
  const key = (name: string) => [{ name: 'prefect-server-postgresql', key: name }];
  expect(secretKeys(server.containers[0])).toEqual(key('connection-string'));
  expect(secretKeys(server.initContainers[0])).toEqual(key('connection-string'));
  expect(secretKeys(database.initContainers[0])).toEqual(key('password'));
  expect(database.initContainers[0].env).toEqual(
    expect.arrayContaining([
      { name: 'APP_USER', value: 'prefect' },
      { name: 'APP_DATABASE', value: 'server' },
    ]),
  );
});

test('with a database of your own only the server is left, and reads the same key', async () => {
  const objects = await render({ postgresql: { ...postgresql, useSubChart: false } });
  expect(names(objects)).toEqual([
    'Deployment/prefect-server',
    'Service/prefect-server',
    'ServiceAccount/prefect-server',
  ]);
  expect(secretKeys(pod(objects).spec.containers[0])).toEqual([
    { name: 'prefect-server-postgresql', key: 'connection-string' },
  ]);
});

test('migrates the database with the image of the server, before the server starts', async () => {
  const env = [{ name: 'PREFECT_SERVER_ANALYTICS_ENABLED', value: 'false' }];
  const { spec } = pod(await render({ postgresql, server: { publicApiUrl: 'http://10.0.0.1:30420/api', env } }));
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
  const login = { secretKeyRef: { name: 'prefect-login', key: 'auth-string' } };
  const settings = [
    { name: 'PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT', value: '10' },
    { name: 'PREFECT_API_DATABASE_TIMEOUT', value: '20' },
    { name: 'PGSSLMODE', value: 'verify-full' },
  ];
  const others = [
    { name: 'PREFECT_SERVER_API_AUTH_STRING', valueFrom: login },
    { name: 'PREFECT_UI_STATIC_DIRECTORY', value: '/tmp/ui' },
  ];
  const { spec } = pod(await render({ postgresql, server: { env: [...others, ...settings] } }));
  const connection = { secretKeyRef: { name: 'prefect-server-postgresql', key: 'connection-string' } };
  expect(spec.initContainers[0].env).toEqual([
    { name: 'HOME', value: '/home/prefect' },
    { name: 'PREFECT_SERVER_DATABASE_CONNECTION_URL', valueFrom: connection },
    ...settings,
  ]);
  expect(spec.containers[0].env).toEqual(expect.arrayContaining([...others, ...settings]));
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
  const objects = await render({ postgresql, service });
  const { selector, ...spec } = findObject(objects, 'Service', 'prefect-server').spec;
  expect(spec).toEqual(expected);
  expect(pod(objects).metadata.labels).toMatchObject(selector);
});

test('keeps a replica through disruptions as soon as there are two', async () => {
  const budget = 'PodDisruptionBudget/prefect-server';
  expect(names(await render({ postgresql }))).not.toContain(budget);
  expect(names(await render({ postgresql, server: { replicaCount: 2 } }))).toContain(budget);
});

test('an affinity of the user takes the place of the default', async () => {
  const affinity = { nodeAffinity: {} };
  expect(pod(await render({ postgresql })).spec.affinity).toHaveProperty('podAntiAffinity');
  expect(pod(await render({ postgresql, server: { affinity } })).spec.affinity).toEqual(affinity);
});

test.each([
  [{}, "at '/postgresql/auth': missing property 'existingSecret'"],
  [
    { postgresql: { ...postgresql, enabled: true } },
    "postgresql:\n- at '': additional properties 'enabled' not allowed",
  ],
  [{ postgresql, ingress: {} }, "at '': additional properties 'ingress' not allowed"],
  [{ postgresql, server: { publicApiUrl: 'http://10.0.0.1:30420' } }, "at '/server/publicApiUrl'"],
])('refuses %j', async (values, message) => {
  await expect(render(values)).rejects.toThrow(message);
});

test('the database is labelled with the version of its image', async () => {
  const image = { tag: '14.3-bullseye' };
  const objects = await render({ postgresql: { ...postgresql, image } });
  const { metadata, spec } = findObject(objects, 'StatefulSet', 'prefect-server-postgresql');
  for (const { labels } of [metadata, spec.template.metadata]) {
    expect(labels['app.kubernetes.io/version']).toBe('14.3');
  }
});
