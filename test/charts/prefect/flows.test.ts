import { outputRules } from '../../../charts/catalog';
import { PrefectFlows, type FlowLimits, type PrefectFlowsProps } from '../../../charts/prefect/flows';
import { violations } from '../../../lib/checks';
import { nameOfSubject, nameOfTarget } from '../../../lib/graph/connection';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { completeConfig } from '../../support/complete-config';
import { creditcard, merge, parse, smallest, type Loose } from '../../support/config';
import { flows as found, prefectApi } from '../../support/neighbours';
import { assemble } from '../../support/output';
import { testSnapshots } from '../../support/service';

/** The output for some keys, what the Job of prefect-flows reads, and the template of flow runs in it. */
async function flows(keys: object = {}) {
  const output = await assemble(parse(merge(smallest, keys) as object));
  const objects = output.files.flatMap((file) => file.objects);
  const find = (kind: string, name: string): Loose =>
    objects.find((object) => object.kind === kind && object.metadata.name.startsWith(name));
  const settings: Loose = JSON.parse(find('ConfigMap', 'prefect-flows').data['settings.json']);
  const { baseJobTemplate } = settings.workPool;
  const variables: Loose = Object.fromEntries(
    Object.entries<Loose>(baseJobTemplate.variables.properties).map(([name, variable]) => [name, variable.default]),
  );
  const job: Loose = filled(baseJobTemplate.job_configuration.job_manifest, variables);
  const flowPod: Loose = job.spec.template.spec;
  return { output, objects, find, settings, variables, job, flowPod };
}

/** A template with the defaults of its variables, as Prefect fills it in (prefect 3.9.1, utilities/templating.py). */
function filled(template: unknown, variables: Loose): unknown {
  if (typeof template === 'string') {
    const [, whole] = /^\{\{ (\w+) \}\}$/.exec(template) ?? [];
    return whole === undefined ? template : variables[whole];
  }
  if (Array.isArray(template)) return template.map((item) => filled(item, variables));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filled(value, variables)]));
}

/** The Job that the worker makes of the template for a flow run. */
function jobOf({ metadata, spec, ...job }: Loose, like: KubernetesObject): KubernetesObject {
  // Fields that a pod does not have: Prefect asks for them, and the API server drops them.
  const { parallelism, completions, containers, ...pod } = spec.template.spec;
  expect([parallelism, completions]).toEqual([1, 1]);
  const [{ env, ...container }] = containers;
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  const template = {
    metadata: { labels: { ...like.metadata.labels, ...spec.template.metadata.labels } },
    spec: { ...pod, containers: [{ ...container, env: variables }] },
  };
  return {
    ...job,
    metadata: { name: 'flow', namespace: metadata.namespace, labels: like.metadata.labels },
    spec: { ...spec, template },
  } as KubernetesObject;
}

test('a flow run starts in a folder that its own user has made: nobody else may set the times of copied code', async () => {
  const { flowPod } = await flows();
  const [folder] = flowPod.initContainers;
  const [run] = flowPod.containers;
  expect(folder.command).toEqual(['mkdir', '-p', run.workingDir]);
  expect([folder.image, folder.securityContext]).toEqual([run.image, run.securityContext]);
  const volumes = [folder, run].map(({ volumeMounts }) =>
    volumeMounts.find(({ mountPath }: Loose) => run.workingDir === `${mountPath}/run`),
  );
  expect(volumes).toEqual([
    { name: 'flow', mountPath: '/flow' },
    { name: 'flow', mountPath: '/flow' },
  ]);
});

test.each([
  ['with everything', { images: { pullSecrets: ['registry-login'] } }],
  ['with nothing beside', { services: { minio: false, mlflow: false, kafka: false, istio: false, seldon: false } }],
])('the Job of a flow run, %s, breaks no rule that the manifests keep', async (_, keys) => {
  const { output, find, job: template } = await flows(keys);
  const job = jobOf(template, find('Job', 'prefect-flows'));
  const files = output.files.map((file) =>
    file.name === '60-prefect-flows.yaml' ? { ...file, objects: [...file.objects, job] } : file,
  );
  expect(violations({ ...output, files }, outputRules)).toEqual([]);
  const broken = files.map((file) => ({
    ...file,
    objects: file.objects.filter(({ kind }) => kind !== 'ServiceAccount'),
  }));
  expect(violations({ ...output, files: broken }, outputRules).join()).toContain(
    'Job/mlops-flows/flow: serviceAccountName',
  );
});

test('flow runs find what is installed, and hold the keys of their bucket only', async () => {
  const { variables, flowPod, output } = await flows();
  expect(variables.env).toEqual({
    HOME: '/tmp',
    MLFLOW_TRACKING_URI: 'http://mlflow-tracking-server.mlops-mlflow.svc.cluster.local:5000',
    KAFKA_BOOTSTRAP_SERVERS: 'kafka.mlops-kafka.svc.cluster.local:9092',
  });
  expect(flowPod.containers[0].envFrom).toEqual([{ secretRef: { name: 'prefect-storage' } }]);
  const held = output.secrets.filter(({ namespace }) => namespace === 'mlops-flows');
  expect(held.map(({ name }) => name)).toEqual(['prefect-login', 'prefect-storage']);
  const keys = held[1]?.keys;
  expect(keys).toMatchObject({
    AWS_ACCESS_KEY_ID: { copyOf: { namespace: 'mlops-minio', name: 'minio-users', key: 'prefect-access-key' } },
    FSSPEC_S3_ENDPOINT_URL: { value: 'http://minio.mlops-minio.svc.cluster.local:9000' },
  });
  expect(keys?.AWS_ENDPOINT_URL_S3).toEqual(keys?.FSSPEC_S3_ENDPOINT_URL);
  const purposes = output.connections
    .filter(({ from }) => nameOfSubject(from) === 'flow runs (mlops-flows)')
    .map(({ to }) => nameOfTarget(to));
  expect(purposes).toEqual([
    'prefect-server.mlops-prefect.svc.cluster.local:4200',
    'minio.mlops-minio.svc.cluster.local:9000',
    'mlflow-tracking-server.mlops-mlflow.svc.cluster.local:5000',
    'kafka.mlops-kafka.svc.cluster.local:9092',
    'internet:80,443',
  ]);
});

test('what is yours is found in place of what would be installed', async () => {
  const { variables, settings } = await flows({
    services: {
      kafka: { external: { bootstrapServers: ['a.example.org:9092', 'b.example.org:9092'] } },
      minio: { external: { endpoint: 'https://s3.example.org', secret: { namespace: 'store', name: 'login' } } },
      prefect: { workPool: 'gpu', limits: { flowRuns: 4, taskRuns: { database: 2 } } },
    },
  });
  expect(variables.env.KAFKA_BOOTSTRAP_SERVERS).toBe('a.example.org:9092,b.example.org:9092');
  expect(settings).toMatchObject({ workPool: { name: 'gpu', concurrencyLimit: 4 }, taskRunLimits: { database: 2 } });
});

test('a store that is off leaves neither block nor Secret', async () => {
  const { settings, flowPod, output } = await flows({ services: { minio: false, mlflow: false } });
  expect(settings.blocks).toEqual([]);
  expect(flowPod.containers[0]).not.toHaveProperty('envFrom');
  expect(output.secrets.map(({ name }) => name)).not.toContain('prefect-storage');
});

test('flow runs are as large as their size says', async () => {
  const { flowPod } = await flows({ size: { profile: 'laptop', overrides: { flowRun: { memoryLimit: '3Gi' } } } });
  expect(flowPod.containers[0].resources).toEqual({
    requests: { cpu: '100m', memory: '512Mi' },
    limits: { cpu: '1', memory: '3Gi' },
  });
});

test('another pool makes another Job, and the worker serves it', async () => {
  const [one, other] = [await flows(), await flows({ services: { prefect: { workPool: 'gpu' } } })];
  expect(other.find('Job', 'prefect-flows').metadata.name).not.toBe(one.find('Job', 'prefect-flows').metadata.name);
  const [worker] = other.find('Deployment', 'prefect-worker').spec.template.spec.containers;
  expect(worker.command.join(' ')).toContain('--pool gpu ');
});

test('who calls the API of Prefect logs in with the Secret that is made for it, and no value is in the output', async () => {
  const { find, objects, output } = await flows({
    models: [
      {
        ...creditcard,
        drift: { registeredModel: { name: 'creditcard', version: 1 } },
        retrain: { deployment: 'train/production' },
      },
    ],
  });
  const name = 'prefect-login';
  const own = { namespace: 'mlops-prefect', name };
  expect(output.secrets.filter((secret) => secret.name === name)).toEqual([
    { namespace: 'mlops-flows', name, keys: { 'auth-string': { copyOf: { ...own, key: 'auth-string' } } } },
    expect.objectContaining({
      ...own,
      keys: { password: { random: 32 }, 'auth-string': expect.objectContaining({ template: 'admin:{password}' }) },
    }),
  ]);
  const environmentOf = (kind: string, workload: string): Loose[] =>
    find(kind, workload).spec.template.spec.containers[0].env;
  const valueFrom = { secretKeyRef: { name, key: 'auth-string' } };
  const server = environmentOf('Deployment', 'prefect-server');
  expect(server).toContainEqual({ name: 'PREFECT_SERVER_API_AUTH_STRING', valueFrom });
  const clients = objects.filter(({ spec }) => JSON.stringify(spec ?? '').includes('"PREFECT_API_URL"'));
  expect(clients.map((client) => client.metadata.name.replace(/-[0-9a-f]{8}$/, '')).sort()).toEqual([
    'prefect-flows',
    'prefect-worker',
    'retraining',
  ]);
  for (const { kind, metadata } of clients)
    expect(environmentOf(kind, metadata.name)).toContainEqual({ name: 'PREFECT_API_AUTH_STRING', valueFrom });
  // The worker writes the name of the Secret into the Jobs, in place of what it knows.
  const prefix = 'PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET';
  expect(environmentOf('Deployment', 'prefect-worker')).toEqual(
    expect.arrayContaining([
      { name: `${prefix}_NAME`, value: name },
      { name: `${prefix}_KEY`, value: 'auth-string' },
    ]),
  );
});

describe('retraining', () => {
  const watched = { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 } } };
  const retrain = { deployment: 'train-creditcard/production' };

  test('is off unless a model asks for it', async () => {
    const { find } = await flows({ models: [watched] });
    expect(find('Deployment', 'retraining')).toBeUndefined();
  });

  test('starts the deployment of each model that asks for it, and is reachable only in the cluster', async () => {
    const { find } = await flows({
      models: [
        { ...watched, retrain },
        {
          ...watched,
          name: 'b',
          drift: { registeredModel: { name: 'B', version: 'latest' } },
          retrain: { ...retrain, atMostEvery: '2w' },
        },
        { ...watched, name: 'c' },
      ],
    });
    expect(JSON.parse(find('ConfigMap', 'retraining').data['settings.json']).retrain).toEqual([
      { model: 'creditcard', ...retrain, alerts: ['DriftDetected'], minSeconds: 86_400 },
      { model: 'b', ...retrain, alerts: ['DriftDetected'], minSeconds: 14 * 86_400 },
    ]);
    expect(find('Service', 'retraining').spec.type ?? 'ClusterIP').toBe('ClusterIP');
    const { route, receivers } = find('AlertmanagerConfig', 'platform').spec;
    expect(route.routes.slice(1)).toMatchObject([
      {
        receiver: 'platform/retraining',
        // Told often: an answer of "too early" is none for twelve hours.
        repeatInterval: '10m',
        matchers: [
          { name: 'model', value: 'creditcard|b' },
          { name: 'alertname', value: 'DriftDetected' },
        ],
      },
    ]);
    expect(receivers).toContainEqual({
      name: 'platform/retraining',
      webhookConfigs: [
        {
          url: 'http://retraining.mlops-prefect.svc.cluster.local:8080/alerts',
          sendResolved: true,
          httpConfig: {
            authorization: { credentials: { name: 'alertmanager-receivers', key: 'platform.retraining' } },
          },
        },
      ],
    });
  });

  test('is opened by a token that is made for Alertmanager and the program alone', async () => {
    const { find, output } = await flows({ models: [{ ...watched, retrain }] });
    const { secrets } = output;
    const [container] = find('Deployment', 'retraining').spec.template.spec.containers;
    const key = { name: 'retraining-token', key: 'token' };
    expect(container.env).toContainEqual({ name: 'RETRAINING_TOKEN', valueFrom: { secretKeyRef: key } });
    const copyOf = { namespace: 'mlops-prefect', ...key };
    expect(secrets.filter(({ keys }) => JSON.stringify(keys).includes('retraining-token'))).toMatchObject([
      { namespace: 'mlops-prometheus', name: 'alertmanager-receivers', keys: { 'platform.retraining': { copyOf } } },
    ]);
    expect(secrets).toContainEqual({
      namespace: 'mlops-prefect',
      name: 'retraining-token',
      keys: { token: { random: 40 } },
    });
  });
});

describe('what flows find, with every option set', () => {
  testSnapshots((app, cluster) => {
    const limits: Required<FlowLimits> = { flowRuns: 7, taskRuns: { database: 3 } };
    const props: Required<PrefectFlowsProps> = {
      cluster,
      ...{ namespace: 'pipelines', flowNamespace: 'flows' },
      size: completeConfig.sizes.prefectWorker,
      flowSize: completeConfig.sizes.flowRun,
      destinations: [{ addresses: '198.51.100.0/24', ports: [8443] }],
      api: prefectApi,
      workPool: 'gpu-pool',
      limits,
      program: '# the bootstrap\n',
      flows: found,
    };
    return new PrefectFlows(app, 'prefect-flows', props);
  });
});
