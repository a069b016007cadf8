import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { at, creditcard } from '../../support/config';
import { nameOf, platform } from './platform';

test('the complete platform has every service', async () => {
  const { names } = await platform();
  expect(names).toEqual([
    '00-namespaces.yaml',
    '05-network-policies.yaml',
    '10-crds.yaml',
    '20-credentials.yaml',
    '30-istio.yaml',
    '30-prometheus.yaml',
    '30-seldon.yaml',
    '40-kafka.yaml',
    '40-minio.yaml',
    '40-postgresql.yaml',
    '50-mlflow.yaml',
    '50-prefect.yaml',
    '50-topics.yaml',
    '60-alerts.yaml',
    '60-drift.yaml',
    '60-kafka-exporter.yaml',
    '60-models.yaml',
    '60-monitors.yaml',
    '60-postgresql-exporter.yaml',
    '60-prefect-flows.yaml',
    '60-prefect-postgresql-exporter.yaml',
    '60-prefect-worker.yaml',
    '60-seldon-gateway.yaml',
  ]);
});

describe('a service that is switched off leaves no file', () => {
  const everything = {
    postgresql: false,
    minio: false,
    mlflow: false,
    istio: false,
    seldon: false,
    prefect: false,
    prometheus: false,
    kafka: false,
    drift: false,
  };
  const unwatched = [creditcard];

  test.each<[string, object, string[]]>([
    [
      'PostgreSQL, with MLflow',
      { models: unwatched, services: { postgresql: false, mlflow: false } },
      ['40-postgresql', '50-mlflow', '50-topics', '60-drift', '60-postgresql-exporter'],
    ],
    [
      'MLflow, and with it the database that only it uses',
      { models: unwatched, services: { mlflow: false } },
      ['40-postgresql', '50-mlflow', '50-topics', '60-drift', '60-postgresql-exporter'],
    ],
    [
      'MinIO, with MLflow and the models',
      { models: [], services: { minio: false, mlflow: false } },
      ['40-minio', '40-postgresql', '50-mlflow', '50-topics', '60-drift', '60-models', '60-postgresql-exporter'],
    ],
    [
      'Istio, with Seldon and the models',
      { models: [], services: { istio: false, seldon: false } },
      ['30-istio', '30-seldon', '50-topics', '60-drift', '60-models', '60-seldon-gateway'],
    ],
    [
      'Seldon, with the models',
      { models: [], services: { seldon: false } },
      ['30-seldon', '50-topics', '60-drift', '60-models', '60-seldon-gateway'],
    ],
    [
      'Prefect',
      { services: { prefect: false } },
      ['50-prefect', '60-prefect-flows', '60-prefect-postgresql-exporter', '60-prefect-worker'],
    ],
    [
      'Prometheus, with the exporters',
      { services: { prometheus: false } },
      [
        '30-prometheus',
        '60-alerts',
        '60-kafka-exporter',
        '60-monitors',
        '60-postgresql-exporter',
        '60-prefect-postgresql-exporter',
      ],
    ],
    [
      'Kafka, with the detectors',
      { models: unwatched, services: { kafka: false } },
      ['40-kafka', '50-topics', '60-drift', '60-kafka-exporter'],
    ],
    ['the detectors', { models: unwatched, services: { drift: false } }, ['50-topics', '60-drift']],
  ])('%s', async (_, keys, gone) => {
    const [all, rest] = [await platform(), await platform(keys)];
    // A mesh that serves nothing is still there.
    expect(all.names.filter((name) => !rest.names.includes(name))).toEqual(gone.map((name) => `${name}.yaml`));
    expect(rest.names.filter((name) => !all.names.includes(name))).toEqual([]);
    const namespaces = new Set(rest.objects.map(({ metadata }) => metadata.namespace));
    const empty = rest.objects.filter(({ kind, metadata }) => kind === 'Namespace' && !namespaces.has(metadata.name));
    expect(empty.map(nameOf)).toEqual([]);
  });

  test('all but one of them leave that one', async () => {
    const { names } = await platform({ models: [], services: { ...everything, kafka: {} } });
    expect(names).toEqual(['00-namespaces.yaml', '05-network-policies.yaml', '40-kafka.yaml']);
  });
});

test('Grafana comes on request only, with a login of its own and the dashboards of what there is', async () => {
  const { names, get, objects, secrets } = await platform({ services: { grafana: { expose: { type: 'nodePort' } } } });
  expect((await platform()).names).toEqual(names.filter((name) => name !== '60-grafana.yaml'));
  expect(get('Service', 'grafana').spec).toMatchObject({ type: 'NodePort', ports: [{ port: 3000, nodePort: 30300 }] });
  expect(JSON.parse(get('ConfigMap', 'grafana-provisioning').data['datasources.yaml']).datasources[0]).toMatchObject({
    uid: 'prometheus',
    url: 'http://prometheus-kube-prometheus-prometheus.mlops-prometheus.svc.cluster.local:9090',
  });
  expect(secrets.find(({ name }) => name === 'grafana')?.keys).toEqual({
    user: { value: 'admin' },
    password: { random: 24 },
    'secret-key': { random: 40 },
  });
  const dashboards = (all: readonly KubernetesObject[]): string[] =>
    all.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('grafana-dashboard-'));
  expect(dashboards(objects)).toHaveLength(3);
  const plain = await platform({ models: [], services: { grafana: {} } });
  expect(dashboards(plain.objects)).toEqual(['grafana-dashboard-mlops-platform']);
});

test('PostgreSQL and MinIO are watched by users who may read metrics and nothing else', async () => {
  const { get, secrets } = await platform();
  const { initContainers, containers } = get('Deployment', 'postgresql-exporter').spec.template.spec;
  expect(JSON.stringify(initContainers)).toContain('"key":"postgres-password"');
  expect(JSON.stringify(containers)).not.toContain('postgres-password');
  expect(get('ServiceMonitor', 'minio').spec.endpoints[0].authorization).toEqual({
    credentials: { name: 'minio-metrics', key: 'token' },
  });
  expect(secrets.find(({ name }) => name === 'minio-metrics')).toMatchObject({
    namespace: 'mlops-prometheus',
    keys: {
      token: {
        jwt: { sub: { name: 'minio-users', key: 'metrics-access-key' }, iss: 'prometheus' },
        signedWith: { name: 'minio-users', key: 'metrics' },
      },
    },
  });
  const without = await platform({ services: { prometheus: false } });
  expect(Object.keys(without.secrets.find(({ name }) => name === 'minio-users')?.keys ?? {})).not.toContain('metrics');
});

test('Prometheus takes monitors, probes and rules of the namespaces of the platform, and of no others', async () => {
  const { objects, get } = await platform();
  const { spec } = get('Prometheus', 'prometheus-kube-prometheus-prometheus');
  const label = { 'mlops-infra/platform': 'mlops' };
  for (const kind of ['serviceMonitor', 'podMonitor', 'probe', 'rule']) {
    expect(spec[`${kind}NamespaceSelector`]).toEqual({ matchLabels: label });
  }
  for (const namespace of objects.filter(({ kind }) => kind === 'Namespace')) {
    expect(namespace.metadata.labels).toMatchObject(label);
  }
  // Nothing selects these: Alertmanager has the one configuration that it is told by name.
  expect(spec.scrapeConfigSelector).toBeUndefined();
  expect(
    get('Alertmanager', 'prometheus-kube-prometheus-alertmanager').spec.alertmanagerConfigSelector,
  ).toBeUndefined();
});

test('a gateway for what leaves the mesh is there when it is asked for', async () => {
  expect((await platform()).has('Deployment', 'istio-egressgateway')).toBe(false);
  expect((await platform(at('services.istio.egressGateway', true))).has('Deployment', 'istio-egressgateway')).toBe(
    true,
  );
});

test('Prefect serves the work pool of your choice', async () => {
  const { get } = await platform(at('services.prefect.workPool', 'gpu-pool'));
  expect(get('Deployment', 'prefect-worker').spec.template.spec.containers[0].command).toContain('gpu-pool');
});

test('Prometheus keeps samples as long as you say', async () => {
  const { get } = await platform(at('services.prometheus.retention', '90d'));
  expect(get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.retention).toBe('90d');
});
