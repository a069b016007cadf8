import { imagePins } from '../../charts/config';
import { longestModelName } from '../../charts/models/config';
import { longestPrefix } from '../../charts/config';
import { components } from '../../charts/config';
import { sizesOf } from '../../lib/config/sizes';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { synthesize } from '../../charts/synthesize';
import { at, creditcard, merge, parse, smallest, type Loose } from '../support/config';

// Every switch of the config, thrown alone or with one other. `synthesize` checks everything that it makes and throws
// when a rule is broken, so each test asserts only what its switch is for.

const watched = { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 } } };
const secret = { namespace: 'databases', name: 'login' };
const database = { host: 'db.example.org', port: 6432, database: 'tracking', secret };

/** The complete platform with one watched model and some keys of its own. */
async function platform(keys: object = {}) {
  const { files, contents, secrets, addresses } = await synthesize(
    parse(merge(merge(smallest, { models: [watched] }), keys) as object),
  );
  const objects = files.flatMap((file) => file.objects);
  const named = (kind: string, name: string): Loose =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  return {
    names: files.map(({ name }) => name),
    text: [...contents.values()].join(''),
    objects,
    secrets,
    addresses,
    has: (kind: string, name: string): boolean => named(kind, name) !== undefined,
    /** The object of this kind and name. */
    get: (kind: string, name: string): Loose => {
      const object: unknown = named(kind, name);
      if (object === undefined) throw new Error(`no ${kind} ${name} in ${objects.map(nameOf).join(', ')}`);
      return object;
    },
  };
}

const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

test('the complete platform has every service', async () => {
  const { names } = await platform();
  expect(names).toEqual([
    '00-namespaces.yaml',
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
    '60-prefect-agent.yaml',
    '60-prefect-flows.yaml',
    '60-prefect-postgresql-exporter.yaml',
    '60-seldon-gateway.yaml',
  ]);
});

describe('the size profile', () => {
  test.each(['laptop', 'team', 'production'] as const)('%s decides on replicas and disks', async (profile) => {
    const { get, has } = await platform({ size: { profile } });
    const sizes = sizesOf(components, profile, {});
    const disks = get('StatefulSet', 'kafka-controller').spec.volumeClaimTemplates;
    expect(get('StatefulSet', 'kafka-controller').spec.replicas).toBe(sizes.kafka.replicas);
    expect(disks[0].spec.resources.requests.storage).toBe(sizes.kafka.disk);
    expect(get('Deployment', 'mlflow-tracking-server').spec.replicas).toBe(sizes.mlflow.replicas);
    expect(get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.replicas).toBe(sizes.prometheus.replicas);
    expect(get('SeldonDeployment', 'creditcard').spec.predictors[0].replicas).toBe(sizes.modelServer.replicas);
    expect(has('PodDisruptionBudget', 'mlflow-tracking-server')).toBe(profile === 'production');
  });

  test('keeps brokers on nodes of their own in production, and in zones where there are some', async () => {
    const affinityIn = async (size: object): Promise<Loose> => {
      const { get } = await platform({ size });
      const { affinity, ...pod } = get('StatefulSet', 'kafka-controller').spec.template.spec;
      const [required = {}, ...others] = affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution ?? [];
      expect({ others, pod }).toMatchObject({ others: [], pod: { containers: [{ name: 'kafka' }] } });
      return { required, preferred: affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution };
    };
    const { required, preferred } = await affinityIn({ profile: 'production' });
    const { get } = await platform({ size: { profile: 'production' } });
    expect(required.topologyKey).toBe('kubernetes.io/hostname');
    expect(get('StatefulSet', 'kafka-controller').spec.template.metadata.labels).toMatchObject(
      required.labelSelector.matchLabels,
    );
    expect(preferred).toMatchObject([
      { podAffinityTerm: { topologyKey: 'topology.kubernetes.io/zone', labelSelector: required.labelSelector } },
    ]);
    const alone = { profile: 'production', overrides: { kafka: { replicas: 1 } } };
    for (const size of [{ profile: 'team' }, alone]) expect((await affinityIn(size)).required).toEqual({});
  });

  test('gives way to single figures, of every component', async () => {
    const figures = { cpu: '11m', cpuLimit: '3', memory: '1000Mi', memoryLimit: '1001Mi' };
    const { text } = await platform({
      size: {
        profile: 'team',
        overrides: Object.fromEntries(Object.keys(components).map((component) => [component, figures])),
      },
      services: { istio: { egressGateway: true }, grafana: {} },
      cluster: { nfs: { server: 'nfs.example.org', path: '/share' } },
    });
    // Each component at least once, and no figure of the profile beside them.
    expect(text.match(/["']?(memory|memoryLimit)["']?: ["']?1001Mi/g)?.length).toBeGreaterThanOrEqual(
      Object.keys(components).length - 1,
    );
    expect(text).not.toMatch(/memory: 16Gi/);
  });
});

describe('a service of your own', () => {
  test('PostgreSQL for MLflow is talked to in place of one that is installed', async () => {
    const { names, has, secrets } = await platform(at('services.postgresql.external.mlflow', database));
    expect(names).not.toContain('40-postgresql.yaml');
    expect(has('StatefulSet', 'prefect-server-postgresql')).toBe(true);
    expect(secrets.find(({ name }) => name === 'mlflow-secret')?.keys.MLFLOW_BACKEND_STORE_URI).toEqual({
      template: 'postgresql://{username}:{password}@db.example.org:6432/tracking',
      values: { username: { ...secret, key: 'username' }, password: { ...secret, key: 'password' } },
    });
  });

  test('PostgreSQL for Prefect is talked to in place of the one that Prefect brings', async () => {
    const { names, has, secrets } = await platform(
      at('services.postgresql.external.prefect', { ...database, host: '2001:db8::5' }),
    );
    expect(names).toContain('40-postgresql.yaml');
    expect(has('StatefulSet', 'prefect-server-postgresql')).toBe(false);
    expect(secrets.find(({ name }) => name === 'prefect-server-postgresql-connection')?.keys).toEqual({
      'connection-string': {
        template: 'postgresql+asyncpg://{username}:{password}@[2001:db8::5]:6432/tracking',
        values: { username: { ...secret, key: 'username' }, password: { ...secret, key: 'password' } },
      },
    });
  });

  test('S3 is talked to in place of MinIO, with its region, by all four of its users', async () => {
    const external = { endpoint: 'https://s3.example.org/base', region: 'eu-west-1', secret };
    const { names, get, secrets } = await platform(at('services.minio.external', external));
    expect(names).not.toContain('40-minio.yaml');
    for (const settings of ['mlflow-configmap', 'drift-configmap']) {
      expect(get('ConfigMap', settings).data).toMatchObject({
        MLFLOW_S3_ENDPOINT_URL: external.endpoint,
        AWS_DEFAULT_REGION: 'eu-west-1',
      });
    }
    const copied = { copyOf: { ...secret, key: 'secretKey' } };
    expect(secrets.find(({ name }) => name === 'seldon-rclone-secret')?.keys).toMatchObject({
      RCLONE_CONFIG_S3_ENDPOINT: { value: external.endpoint },
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: copied,
    });
    expect(secrets.find(({ name }) => name === 'prefect-storage')?.keys.AWS_SECRET_ACCESS_KEY).toEqual(copied);
  });

  test('Istio gets the Gateway of the models, and nothing is installed', async () => {
    const external = { namespace: 'mesh', gatewaySelector: { app: 'my-gateway' }, url: 'https://models.example.org' };
    const { names, get, text } = await platform(at('services.istio.external', external));
    expect(names).not.toContain('30-istio.yaml');
    expect(get('Gateway', 'seldon-gateway')).toMatchObject({
      metadata: { namespace: 'mesh' },
      spec: { selector: { app: 'my-gateway' } },
    });
    expect(text).toContain('mesh/seldon-gateway');
    expect(text).not.toContain('istio-system');
  });

  test('Prometheus gets monitors that it selects, and nothing is installed', async () => {
    const { names, get, objects } = await platform(
      at('services.prometheus.external', { url: 'http://prometheus.example.org', monitorLabels: { release: 'main' } }),
    );
    expect(names).not.toContain('30-prometheus.yaml');
    expect(objects.filter(({ metadata }) => metadata.name.endsWith('monitoring.coreos.com'))).toEqual([]);
    expect(get('ServiceMonitor', 'mlflow').metadata.labels).toMatchObject({ release: 'main' });
    expect(get('PodMonitor', 'seldon-podmonitor').metadata.labels).toMatchObject({ release: 'main' });
  });

  test('Kafka carries the requests in place of one that is installed', async () => {
    const { names, get } = await platform(
      at('services.kafka.external.bootstrapServers', ['a.example.org:9092', 'b.example.org:9093']),
    );
    expect(names).not.toContain('40-kafka.yaml');
    expect(get('ConfigMap', 'drift-configmap').data.KAFKA_BOOTSTRAP_SERVERS).toBe(
      'a.example.org:9092,b.example.org:9093',
    );
    expect(get('SeldonDeployment', 'creditcard').spec.predictors[0].svcOrchSpec.env).toContainEqual({
      name: 'LOGGER_KAFKA_BROKER',
      value: 'a.example.org:9092,b.example.org:9093',
    });
  });

  test('is possible for all of them at once', async () => {
    const { names } = await platform({
      services: {
        postgresql: { external: { mlflow: database, prefect: { ...database, database: 'prefect' } } },
        minio: { external: { endpoint: 'https://s3.example.org', secret } },
        istio: { external: { url: 'https://models.example.org' } },
        prometheus: { external: { url: 'https://prometheus.example.org' } },
        kafka: { external: { bootstrapServers: ['kafka.example.org:9092'] } },
      },
    });
    expect(names.filter((name) => /^[34]/.test(name))).toEqual(['30-seldon.yaml']);
  });
});

test('Grafana comes on request only, with a login of its own and the dashboards of what there is', async () => {
  const { names, get, objects, secrets } = await platform({ services: { grafana: {} } });
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
      token: { jwt: { sub: 'metrics', iss: 'prometheus' }, signedWith: { name: 'minio-users', key: 'metrics' } },
    },
  });
  const without = await platform({ services: { prometheus: false } });
  expect(Object.keys(without.secrets.find(({ name }) => name === 'minio-users')?.keys ?? {})).not.toContain('metrics');
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
      ['50-prefect', '60-prefect-agent', '60-prefect-flows', '60-prefect-postgresql-exporter'],
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
    expect(names).toEqual(['00-namespaces.yaml', '40-kafka.yaml']);
  });
});

describe('how a service is reached from outside', () => {
  /** Key of the exposure → the Service that it is about, the one behind an Ingress, and its port. */
  const exposures = [
    { key: 'services.mlflow.expose', service: 'mlflow-service', inside: 'mlflow-tracking-server', port: 5000 },
    { key: 'services.minio.expose', service: 'minio', inside: 'minio', port: 9000 },
    { key: 'services.minio.console', service: 'minio-console', inside: 'minio-console', port: 9001 },
    { key: 'services.istio.expose', service: 'istio-ingressgateway', inside: 'istio-ingressgateway', port: 80 },
    { key: 'services.prefect.expose', service: 'prefect-server', inside: 'prefect-server', port: 4200 },
    {
      key: 'services.prometheus.expose',
      service: 'prometheus-kube-prometheus-prometheus',
      inside: 'prometheus-kube-prometheus-prometheus',
      port: 9090,
    },
    {
      key: 'services.prometheus.alertmanager',
      service: 'prometheus-kube-prometheus-alertmanager',
      inside: 'prometheus-kube-prometheus-alertmanager',
      port: 9093,
    },
  ];

  const portOf = (service: Loose, port: number): Loose =>
    service.spec.ports.find((item: { port: number }) => item.port === port);

  test.each(exposures)('$key by a node port of your choice', async ({ key, service, port }) => {
    const { get } = await platform(at(key, { type: 'nodePort', port: 31234 }));
    expect(get('Service', service).spec.type).toBe('NodePort');
    expect(portOf(get('Service', service), port).nodePort).toBe(31234);
  });

  test.each(exposures)('$key by a load balancer with annotations', async ({ key, service, port }) => {
    const { get } = await platform(at(key, { type: 'loadBalancer', annotations: { 'example.org/pool': 'public' } }));
    expect(get('Service', service)).toMatchObject({
      metadata: { annotations: { 'example.org/pool': 'public' } },
      spec: { type: 'LoadBalancer' },
    });
    expect(portOf(get('Service', service), port).nodePort).toBeUndefined();
  });

  test.each(exposures)('$key by an Ingress without TLS', async ({ key, inside, port }) => {
    const { get } = await platform(at(key, { type: 'ingress', host: 'mlops.example.org' }));
    expect(get('Service', inside).spec.type ?? 'ClusterIP').toBe('ClusterIP');
    const { spec, metadata } = get('Ingress', inside);
    expect(metadata.namespace).toBe(get('Service', inside).metadata.namespace);
    expect(spec.tls).toBeUndefined();
    expect(spec.rules).toEqual([
      {
        host: 'mlops.example.org',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: inside, port: { number: port } } } }],
        },
      },
    ]);
  });

  test.each(exposures)('$key by an Ingress with TLS, a class and annotations', async ({ key, inside }) => {
    const { get } = await platform(
      at(key, {
        type: 'ingress',
        host: 'mlops.example.org',
        className: 'nginx',
        tlsSecret: 'mlops-tls',
        annotations: { 'cert-manager.io/cluster-issuer': 'main' },
      }),
    );
    expect(get('Ingress', inside)).toMatchObject({
      metadata: { annotations: { 'cert-manager.io/cluster-issuer': 'main' } },
      spec: { ingressClassName: 'nginx', tls: [{ hosts: ['mlops.example.org'], secretName: 'mlops-tls' }] },
    });
  });

  test.each(exposures)('$key not at all', async ({ key, service, inside }) => {
    const { get, has } = await platform(at(key, { type: 'cluster' }));
    expect(get('Service', inside).spec.type ?? 'ClusterIP').toBe('ClusterIP');
    expect(has('Service', service)).toBe(service === inside);
    expect(has('Ingress', inside)).toBe(false);
  });

  test('Kafka by node ports: one for all brokers, and those that follow for each', async () => {
    const { get } = await platform(at('services.kafka.expose', { type: 'nodePort', bootstrapPort: 31000 }));
    expect(get('Service', 'kafka').spec.type).toBe('ClusterIP');
    expect(get('Service', 'kafka-external').spec).toMatchObject({ type: 'NodePort', ports: [{ nodePort: 31000 }] });
    for (const broker of [0, 1, 2]) {
      expect(get('Service', `kafka-controller-${broker}-external`).spec).toMatchObject({
        type: 'NodePort',
        ports: [{ nodePort: 31001 + broker }],
      });
    }
  });

  test('Kafka by node ports of your choice for each broker', async () => {
    const brokerPorts = [32000, 31000, 30000];
    const { get, text } = await platform(
      at('services.kafka.expose', { type: 'nodePort', bootstrapPort: 31500, brokerPorts }),
    );
    for (const [broker, port] of brokerPorts.entries()) {
      expect(get('Service', `kafka-controller-${broker}-external`).spec.ports[0].nodePort).toBe(port);
      expect(text).toContain(`EXTERNAL://192.0.2.10:${port}`);
    }
  });

  test('Kafka by a load balancer for each broker', async () => {
    const brokerHosts = ['k0.example.org', 'k1.example.org', 'k2.example.org'];
    const { get, text } = await platform(
      at('services.kafka.expose', { type: 'loadBalancer', brokerHosts, annotations: { 'example.org/pool': 'public' } }),
    );
    for (const [broker, host] of brokerHosts.entries()) {
      expect(get('Service', `kafka-controller-${broker}-external`)).toMatchObject({
        metadata: { annotations: { 'example.org/pool': 'public' } },
        spec: { type: 'LoadBalancer' },
      });
      expect(text).toContain(`EXTERNAL://${host}:`);
    }
  });

  test('Kafka not at all, and with a single broker', async () => {
    const { objects, text } = await platform({
      size: { profile: 'laptop' },
      services: { kafka: { expose: { type: 'cluster' } } },
    });
    const services = objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.namespace === 'mlops-kafka');
    expect(services.map(({ spec }) => (spec as { type?: string }).type ?? 'ClusterIP')).toEqual([
      'ClusterIP',
      'ClusterIP',
      'ClusterIP', // of the exporter
    ]);
    expect(text).not.toContain('EXTERNAL://');
  });
});

describe('copies of the data in Kafka', () => {
  test.each([
    ['team', undefined, 3, 2],
    ['team', 1, 1, 1],
    ['laptop', undefined, 1, 1],
  ] as const)(
    'in profile %s with a factor of %p are %p, of which %p must be written',
    async (profile, replicationFactor, factor, least) => {
      const { text } = await platform({ size: { profile }, services: { kafka: { replicationFactor } } });
      expect(text).toContain(`offsets.topic.replication.factor=${factor}`);
      expect(text).toContain(`min.insync.replicas=${least}`);
    },
  );
});

describe('secrets', () => {
  test('that are generated come from a Job, and never from a manifest', async () => {
    const { names, objects, secrets } = await platform({ secrets: { mode: 'generated' } });
    expect(names).toContain('20-credentials.yaml');
    const listed = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'credentials',
    ) as Loose;
    const specs = JSON.parse(listed.data['secrets.json']) as { namespace: string; name: string; keys: object }[];
    expect(specs.map(({ namespace, name, keys }) => ({ namespace, name, keys }))).toEqual(
      secrets.map(({ namespace, name, keys }) => ({ namespace, name, keys })),
    );
  });

  test('that exist leave no Job, and the same list for you', async () => {
    const { names, secrets } = await platform({ secrets: { mode: 'existing' } });
    expect(names).not.toContain('20-credentials.yaml');
    expect(secrets).toEqual((await platform()).secrets);
  });
});

describe('images', () => {
  /** Every container of every pod that is written here, and of those that Prometheus' operator makes. */
  const imagesOf = (objects: readonly KubernetesObject[]): string[] =>
    objects.flatMap((object) => {
      const { containers = [], initContainers = [] } = podTemplateOf(object)?.spec ?? {};
      const { image } = (object.spec ?? {}) as { image?: string };
      return [
        ...[...containers, ...initContainers].map((container) => container.image),
        ...(image === undefined ? [] : [image]),
      ];
    });

  const complete = {
    services: { istio: { egressGateway: true }, grafana: {} },
    cluster: { nfs: { server: 'nfs.example.org', path: '/share' } },
    models: [{ ...watched, shadow: { registeredModel: { name: 'creditcard', version: 3 } } }],
  };

  test('come from a mirror, with its login, wherever a pod is', async () => {
    const images = { registry: 'mirror.example.org/all', pullSecrets: ['mirror-login'] };
    const { objects, text } = await platform(merge(complete, { images }) as object);
    expect(imagesOf(objects).filter((image) => !image.startsWith('mirror.example.org/all/'))).toEqual([]);
    for (const object of objects) {
      const pod = podTemplateOf(object)?.spec;
      if (pod !== undefined)
        expect({ object: nameOf(object), secrets: pod.imagePullSecrets }).toMatchObject({
          secrets: [{ name: 'mirror-login' }],
        });
    }
    for (const { registry } of Object.values(imagePins)) expect(text).not.toContain(`${registry}/`);
  });

  test('are each replaced by one of your own', async () => {
    const own = (name: string): string => {
      const path = { istiod: 'istio/pilot', istioProxy: 'istio/proxyv2' }[name] ?? name.toLowerCase();
      return `own.example.org/${path}:9.9.9`;
    };
    const overrides = Object.fromEntries(Object.keys(imagePins).map((name) => [name, own(name)]));
    const { objects, text } = await platform(merge(complete, { images: { overrides } }) as object);
    expect(imagesOf(objects).filter((image) => !image.startsWith('own.example.org/'))).toEqual([]);
    // Seldon and Istio's injection keep name and tag apart.
    const lacking = Object.keys(imagePins).filter(
      (name) =>
        !text.includes(own(name)) &&
        !text.includes(`"image":"${own(name).replace(':9.9.9', '')}","defaultImageVersion":"9.9.9"`),
    );
    expect(lacking).toEqual([]);
  });

  test('keep the digest that they are pinned by', async () => {
    const digest = `sha256:${'5'.repeat(64)}`;
    const names = Object.keys(imagePins).filter((name) => !name.startsWith('istio'));
    const overrides = Object.fromEntries(
      names.map((name) => [name, `own.example.org/${name.toLowerCase()}:1@${digest}`]),
    );
    const { text } = await platform(merge(complete, { images: { overrides } }) as object);
    // Seldon keeps the images of its servers and their versions apart.
    const joined = text.replaceAll('","defaultImageVersion":"', ':');
    const written = new Set(joined.match(/own\.example\.org\/[^"'\s,]+/g));
    expect(written.size).toBeGreaterThanOrEqual(names.length);
    expect([...written].filter((image) => !image.endsWith(`@${digest}`))).toEqual([]);
  });
});

test('an image that a model is comes from where you say, whatever the mirror', async () => {
  const image = 'registry.example.org/own:1.4.0';
  const { get } = await platform({
    images: { registry: 'mirror.example.org/all' },
    models: [{ name: 'own', image, canary: { image: 'own.example.org/b:2', traffic: 5 } }],
  });
  const { predictors } = get('SeldonDeployment', 'own').spec;
  expect(predictors.map(({ componentSpecs }: Loose) => componentSpecs[0].spec.containers[0].image)).toEqual([
    image,
    'own.example.org/b:2',
  ]);
});

describe('the cluster', () => {
  test.each(['1.27', '1.36'])('may have Kubernetes %s', async (kubernetesVersion) => {
    const { objects } = await platform({ cluster: { kubernetesVersion } });
    // Served by both: none of the APIs that the versions between them removed.
    const removed = [
      'flowcontrol.apiserver.k8s.io/v1beta2',
      'flowcontrol.apiserver.k8s.io/v1beta3',
      'autoscaling/v2beta2',
      'policy/v1beta1',
    ];
    expect(objects.filter(({ apiVersion }) => removed.includes(apiVersion))).toEqual([]);
  });

  test('may lack a provisioner of volumes: one on an NFS share makes the default class', async () => {
    const { get, names, text } = await platform({
      cluster: { nfs: { server: 'nfs.example.org', path: '/exports/mlops', storageClass: 'shared' } },
    });
    expect(names.some((name) => name.endsWith('-nfs-provisioner.yaml'))).toBe(true);
    expect(get('StorageClass', 'shared').metadata.annotations).toMatchObject({
      'storageclass.kubernetes.io/is-default-class': 'true',
    });
    expect(get('PersistentVolumeClaim', 'minio').spec.storageClassName).toBe('shared');
    expect(text).toContain('/exports/mlops');
  });

  test('may have a class for volumes that is not its default', async () => {
    const { get } = await platform({ cluster: { storageClass: 'fast' } });
    const classOf = (name: string): unknown =>
      get('StatefulSet', name).spec.volumeClaimTemplates[0].spec.storageClassName;
    expect(['kafka-controller', 'postgresql-mlflow', 'prefect-server-postgresql'].map(classOf)).toEqual([
      'fast',
      'fast',
      'fast',
    ]);
    expect(get('PersistentVolumeClaim', 'minio').spec.storageClassName).toBe('fast');
    expect(
      get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.storage.volumeClaimTemplate.spec.storageClassName,
    ).toBe('fast');
  });

  test('may have another DNS domain, and then no address is in the usual one', async () => {
    const { text } = await platform({ cluster: { domain: 'k8s.example.org' } });
    expect(text).toContain('mlops-minio.svc.k8s.example.org');
    // Istio's trust domain is a name in certificates, not an address.
    expect(text.split('\n').filter((line) => /(?<!trustDomain: )cluster\.local/.test(line))).toEqual([]);
  });

  test('may be reached by an IPv6 address, which URLs have in brackets', async () => {
    const keys = { cluster: { externalHost: '2001:db8::10' }, models: [watched] };
    const { get, text, addresses } = await platform(keys);
    expect(get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.externalUrl).toBe(
      'http://[2001:db8::10]:30090/',
    );
    const { containers } = get('Deployment', 'prefect-server').spec.template.spec;
    expect(JSON.stringify(containers)).toContain('http://[2001:db8::10]:30420/api');
    // Brackets are optional to Kafka (apache/kafka 3.7.0, core/src/main/scala/kafka/cluster/EndPoint.scala).
    const [, host, port] = /advertised\.listeners=.*EXTERNAL:\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(\d+)/.exec(text) ?? [];
    expect([host, port]).toEqual(['2001:db8::10', '30093']);
    expect(addresses.filter(({ url }) => !url.includes('[2001:db8::10]:'))).toEqual([]);
  });
});

test('a gateway for what leaves the mesh is there when it is asked for', async () => {
  expect((await platform()).has('Deployment', 'istio-egressgateway')).toBe(false);
  expect((await platform(at('services.istio.egressGateway', true))).has('Deployment', 'istio-egressgateway')).toBe(
    true,
  );
});

test('Prefect serves the work pool of your choice', async () => {
  const { get } = await platform(at('services.prefect.workPool', 'gpu-pool'));
  expect(get('Deployment', 'prefect-agent').spec.template.spec.containers[0].command).toContain('gpu-pool');
});

test('Prometheus keeps samples as long as you say', async () => {
  const { get } = await platform(at('services.prometheus.retention', '90d'));
  expect(get('Prometheus', 'prometheus-kube-prometheus-prometheus').spec.retention).toBe('90d');
});

describe('models', () => {
  const servers = ['mlflow', 'sklearn', 'xgboost', 'huggingface', 'triton'] as const;

  test('of every kind are served, with either protocol where the server speaks both', async () => {
    const models = servers.flatMap((server) =>
      (server === 'huggingface' || server === 'triton' ? (['v2'] as const) : (['v1', 'v2'] as const)).map(
        (protocol) => ({
          ...{ name: `${server}-${protocol}`, server, protocol, uri: `s3://models/${server}` },
          ...(server === 'huggingface' ? { task: 'fill-mask' as const } : {}),
        }),
      ),
    );
    const { get } = await platform({ models });
    for (const { name, server, protocol, uri } of models) {
      const { spec } = get('SeldonDeployment', name);
      expect(spec.protocol).toBe(protocol === 'v1' ? 'seldon' : 'v2');
      expect(spec.predictors[0].graph).toMatchObject({
        name,
        implementation: `${server.toUpperCase()}_SERVER`,
        modelUri: uri,
      });
    }
  });

  test('have replicas and resources of their own', async () => {
    const { get } = await platform({
      models: [{ ...creditcard, replicas: 4, resources: { cpu: '333m', memoryLimit: '7Gi' } }],
    });
    const [predictor] = get('SeldonDeployment', 'creditcard').spec.predictors;
    expect(predictor.replicas).toBe(4);
    expect(predictor.componentSpecs[0].spec.containers[0].resources).toMatchObject({
      requests: { cpu: '333m' },
      limits: { memory: '7Gi' },
    });
  });

  test('are watched by a detector with the settings of each', async () => {
    const drift = {
      detectors: ['ks', 'adwin'],
      reference: 'a/b.csv',
      dropColumns: ['Class'],
      registeredModel: { name: 'Fraud', version: 7 },
      window: 321,
    };
    const { get } = await platform({
      models: [
        { ...creditcard, protocol: 'v1', drift },
        { ...creditcard, name: 'calm' },
      ],
    });
    const settings = get('ConfigMap', 'drift-detector-creditcard').data['config.yaml'];
    for (const text of ['"ks"', '"adwin"', 'a/b.csv', 'Class', 'Fraud', '7', '321', 'predictions-creditcard'])
      expect(settings).toContain(text);
    const loggerOf = (name: string): unknown => get('SeldonDeployment', name).spec.predictors[0].graph.logger;
    // Concept drift compares answers with the truth, so the answers are streamed too.
    expect([loggerOf('creditcard'), loggerOf('calm')]).toEqual([{ mode: 'all' }, undefined]);
  });

  test('may have any name that is accepted, also one that a part of the platform has', async () => {
    const names = [
      'store',
      'service',
      'settings',
      'credential',
      'service-account',
      'credential-config',
      'a',
      'a-config',
      'drift-detector-service',
      'default',
    ];
    const { has } = await platform({ models: names.map((name) => ({ ...watched, name })) });
    expect(
      names.filter((name) => !has('SeldonDeployment', name) || !has('Deployment', `drift-detector-${name}`)),
    ).toEqual([]);
  });

  test('and namespaces may have the longest names that are accepted', async () => {
    const [name, prefix] = ['m'.repeat(longestModelName), 'p'.repeat(longestPrefix)];
    const { has } = await platform({ name: prefix, models: [{ ...watched, name }] });
    expect(has('Namespace', `${prefix}-credentials`)).toBe(true);
    expect(has('Deployment', `drift-detector-${name}`)).toBe(true);
  });
});

test('another name and another prefix of namespaces are everywhere', async () => {
  const { objects, text } = await platform({ name: 'fraud', namespacePrefix: 'team-a' });
  expect(text).not.toMatch(/\bmlops-(?!infra\b)/);
  const foreign = objects.filter(
    ({ kind, metadata }) => kind === 'Namespace' && !/^(team-a-.*|istio-system)$/.test(metadata.name),
  );
  expect(foreign).toEqual([]);
  expect(objects.filter(({ metadata }) => metadata.labels?.['mlops-infra/platform'] !== 'fraud')).toEqual([]);
});
