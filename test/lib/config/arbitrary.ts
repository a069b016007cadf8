import fc, { type Arbitrary } from 'fast-check';
import { components } from '../../../charts/config';
import { imagePins } from '../../../charts/config';

// Configs as people write them: most values fit, some do not, and fields that must agree with each other are drawn from
// few values, so that they sometimes clash.

/** What somebody could write anywhere. */
const junk: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    '',
    0,
    -1,
    1.5,
    Number.NaN,
    [],
    {},
    [null],
    { a: 1 },
    Symbol('junk'),
    5n,
    () => 1,
  ),
  fc.string(),
  fc.integer(),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }),
);

/** Some inputs are without a mistake, and the others have several. */
interface Pen {
  /** A value that fits, or something else instead. */
  readonly write: <T>(fitting: Arbitrary<T>) => Arbitrary<unknown>;
  /** An object with any of these keys, and now and then one that is not known. */
  readonly some: (keys: Readonly<Record<string, Arbitrary<unknown>>>, ...required: string[]) => Arbitrary<unknown>;
}

function pen(mistakes: number): Pen {
  const write: Pen['write'] = (fitting) =>
    mistakes === 0 ? fitting : fc.oneof({ weight: 100, arbitrary: fitting }, { weight: mistakes, arbitrary: junk });
  return {
    write,
    some: (keys, ...required) => {
      const known = fc.record(keys, { requiredKeys: required });
      const unknown = fc.constantFrom('exposee', 'password', '__proto__', 'constructor', 'x y');
      const withUnknown = fc.tuple(known, unknown, junk).map(([record, key, value]) => {
        const copy: Record<string, unknown> = { ...record };
        Object.defineProperty(copy, key, { value, enumerable: true });
        return copy;
      });
      return write(
        mistakes === 0
          ? known
          : fc.oneof({ weight: 100, arbitrary: known }, { weight: mistakes, arbitrary: withUnknown }),
      );
    },
  };
}

const names = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'store',
    'service',
    'settings',
    'credential',
    'a-config',
    'default',
    'default-default',
    'constructor',
  ),
  fc.stringMatching(/^[a-z]([-a-z0-9]{0,46}[a-z0-9])?$/),
);
const hosts = fc.oneof(
  fc.constantFrom('192.0.2.10', 'node.example.org', '2001:db8::10', 'EXAMPLE.org', '::1'),
  fc.domain(),
);
const hostNames = fc.oneof(
  { weight: 5, arbitrary: fc.domain().map((name) => name.toLowerCase()) },
  fc.constantFrom('a.example.org', 'b.example.org'),
);
const nodePorts = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 30000, max: 32767 }) },
  fc.constantFrom(30500, 30900, 30093, 32766),
);
const annotations = fc.dictionary(
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom('example.org/a', 'b', 'toString') },
    fc.constantFrom('constructor', 'bad key'),
  ),
  fc.constantFrom('', 'true', 'ä: "1"\n- x'),
  { maxKeys: 2 },
);
const labels = fc.dictionary(
  fc.constantFrom('example.org/a', 'istio', 'release'),
  fc.constantFrom('', 'ingressgateway', 'x'),
  { maxKeys: 2 },
);
const urls = fc.constantFrom(
  'https://s3.example.org',
  'http://192.0.2.1:9000',
  'http://[2001:db8::1]:9000/base',
  'http://minio.store.svc.cluster.local:9000',
);
const quantities = {
  cpu: fc.constantFrom('50m', '500m', '1', '2.5', '4'),
  memory: fc.constantFrom('256Mi', '1Gi', '2G', '8Gi'),
};

/** A config with at most so many mistakes in a hundred values. */
function config({ write, some }: Pen): Arbitrary<unknown> {
  const exposure = write(
    fc.oneof(
      some({ type: fc.constant('nodePort'), port: write(nodePorts) }, 'type'),
      some({ type: fc.constant('loadBalancer'), host: write(hosts), annotations: write(annotations) }, 'type'),
      some(
        {
          type: fc.constant('ingress'),
          host: write(hostNames),
          className: write(fc.constant('nginx')),
          tlsSecret: write(fc.constant('tls')),
          annotations: write(annotations),
        },
        'type',
        'host',
      ),
      some({ type: fc.constant('cluster') }, 'type'),
    ),
  );
  const kafkaExposure = write(
    fc.oneof(
      some(
        {
          type: fc.constant('nodePort'),
          bootstrapPort: write(nodePorts),
          brokerPorts: write(fc.array(nodePorts, { minLength: 3, maxLength: 3 })),
        },
        'type',
      ),
      some(
        {
          type: fc.constant('loadBalancer'),
          brokerHosts: write(fc.uniqueArray(hosts, { minLength: 3, maxLength: 3 })),
          annotations: write(annotations),
        },
        'type',
        'brokerHosts',
      ),
      some({ type: fc.constant('cluster') }, 'type'),
    ),
  );
  const secret = some(
    { namespace: write(fc.constantFrom('databases', 'store')), name: write(fc.constant('login')), keys: some({}) },
    'namespace',
    'name',
  );
  const database = some(
    {
      host: write(hosts),
      port: write(fc.integer({ min: 1, max: 65535 })),
      database: write(fc.constantFrom('mlflow', 'a-b')),
      secret,
    },
    'host',
    'database',
    'secret',
  );
  const service = (...shapes: Arbitrary<unknown>[]): Arbitrary<unknown> =>
    write(
      fc.oneof(
        { weight: 1, arbitrary: fc.constant<unknown>(false) },
        ...shapes.map((arbitrary) => ({ weight: 15, arbitrary })),
      ),
    );
  const conditions = {
    name: write(fc.constantFrom('a', 'on-call', 'constructor')),
    severity: write(fc.constantFrom('critical', 'warning')),
    alerts: write(fc.constant(['DriftDetected'])),
  };
  const receiver = fc.oneof(
    some({ type: fc.constant('webhook'), ...conditions, url: write(urls), secret }, 'type', 'name', 'url'),
    some(
      { type: fc.constant('slack'), ...conditions, channel: write(fc.constant('#a "b"')), secret },
      'type',
      'name',
      'channel',
      'secret',
    ),
    some({ type: fc.constant('pagerduty'), ...conditions, secret }, 'type', 'name', 'secret'),
    some(
      {
        type: fc.constant('email'),
        ...conditions,
        to: write(fc.constant('a@example.org')),
        from: write(fc.constant('b@example.org')),
        smarthost: write(fc.constant('smtp.example.org:587')),
        secret,
      },
      'type',
      'name',
      'to',
      'from',
      'smarthost',
    ),
  );
  const services = some({
    postgresql: service(some({}), some({ external: some({ mlflow: database, prefect: database }) }, 'external')),
    minio: service(
      some({ expose: exposure, console: exposure }),
      some(
        {
          external: some(
            { endpoint: write(urls), region: write(fc.constant('eu-west-1')), secret },
            'endpoint',
            'secret',
          ),
        },
        'external',
      ),
    ),
    mlflow: service(some({ expose: exposure })),
    istio: service(
      some({ expose: exposure, egressGateway: write(fc.boolean()) }),
      some(
        {
          external: some(
            { namespace: write(fc.constant('istio-ingress')), gatewaySelector: write(labels), url: write(urls) },
            'url',
          ),
        },
        'external',
      ),
    ),
    seldon: service(some({})),
    prefect: service(
      some({
        expose: exposure,
        workPool: write(fc.constantFrom('pool', 'k8s-pool')),
        limits: some({
          flowRuns: write(fc.integer({ min: 1, max: 20 })),
          taskRuns: write(
            fc.dictionary(fc.constantFrom('database', 'constructor', 'a:b.c'), fc.integer({ min: 1, max: 9 })),
          ),
        }),
      }),
    ),
    prometheus: service(
      some({
        expose: exposure,
        alertmanager: exposure,
        retention: write(fc.constantFrom('1h', '30d')),
        receivers: write(
          fc.uniqueArray(receiver, { maxLength: 3, selector: (item) => (item as { name?: unknown } | null)?.name }),
        ),
      }),
      some({ external: some({ url: write(urls), monitorLabels: write(labels) }, 'url') }, 'external'),
    ),
    kafka: service(
      some({ expose: kafkaExposure, replicationFactor: write(fc.constantFrom(1, 1, 1, 2, 3)) }),
      some(
        {
          external: some(
            {
              bootstrapServers: write(
                fc.uniqueArray(fc.constantFrom('a.org:9092', 'b.org:9092', '192.0.2.1:9000'), { minLength: 1 }),
              ),
            },
            'bootstrapServers',
          ),
        },
        'external',
      ),
    ),
    drift: service(some({})),
    grafana: service(some({ expose: exposure })),
  });
  const figures = some({
    cpu: write(quantities.cpu),
    memory: write(quantities.memory),
    cpuLimit: write(fc.constant('4')),
    memoryLimit: write(fc.constant('8Gi')),
  });
  const free = Object.keys(components).filter((component) => !['egressGateway', 'nfsProvisioner'].includes(component));
  const overrides = write(fc.dictionary(fc.constantFrom(...free), figures, { maxKeys: 1 }));
  const watch = {
    detectors: write(
      fc.uniqueArray(
        fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('mmd', 'ks', 'psi') },
          fc.constantFrom('adwin', 'page-hinkley'),
        ),
        { minLength: 1 },
      ),
    ),
    reference: write(fc.constantFrom('artifacts/a.csv', 'a "b"\n{c}')),
    dropColumns: write(fc.uniqueArray(fc.string({ minLength: 1 }).filter((text) => !text.includes('\0')))),
    window: write(fc.integer({ min: 20, max: 1000 })),
  };
  const registered = (versions: Arbitrary<unknown>): Arbitrary<unknown> =>
    some({ name: write(fc.constantFrom('Credit Card', '{x}')), version: write(versions) }, 'name', 'version');
  const sources = {
    uri: write(fc.constantFrom('s3://models/a', 's3://bucket.name/a"b"')),
    registeredModel: registered(fc.integer({ min: 1, max: 9 })),
    image: write(fc.constantFrom('registry.example.org/own:1', `own@sha256:${'0'.repeat(64)}`)),
  };
  const scalings = {
    replicas: write(fc.integer({ min: 1, max: 5 })),
    autoscaling: some(
      {
        min: write(fc.constantFrom(1, 2, 9)),
        max: write(fc.integer({ min: 2, max: 9 })),
        cpuPercent: write(fc.constantFrom(50, 300)),
      },
      'max',
    ),
  };
  const traffic = write(fc.integer({ min: 1, max: 99 }));
  const retrain = some(
    {
      deployment: write(fc.constantFrom('train/production', 'a "b"/c {d}')),
      alerts: write(fc.constantFrom(['DriftDetected'], ['DriftDetected', 'ä'])),
      atMostEvery: write(fc.constantFrom('1h', '2w')),
    },
    'deployment',
  );
  /** A model with what it serves written once, and its number of pods too. */
  const model = (
    source: keyof typeof sources,
    scaling: keyof typeof scalings,
    more: Readonly<Record<string, Arbitrary<unknown>>>,
  ): Arbitrary<unknown> => {
    const isImage = source === 'image';
    const other = isImage ? source : 'uri';
    return some(
      {
        name: write(names),
        [source]: sources[source],
        ...(isImage ? {} : { server: write(fc.constantFrom('mlflow', 'sklearn', 'xgboost', 'triton')) }),
        protocol: write(fc.oneof({ weight: 9, arbitrary: fc.constant('v2') }, fc.constant('v1'))),
        [scaling]: scalings[scaling],
        resources: figures,
        canary: some({ [source]: sources[source], traffic }, source, 'traffic'),
        shadow: some({ [other]: sources[other], traffic }, other),
        stream: some({
          partitions: write(fc.integer({ min: 1, max: 9 })),
          retention: write(fc.constantFrom('1h', '7d', '99y')),
        }),
        drift:
          source === 'registeredModel'
            ? some(watch)
            : some({ ...watch, registeredModel: registered(fc.constantFrom('latest', 3)) }, 'registeredModel'),
        alerts: some({
          errorRate: write(fc.constantFrom(0.001, 0.5, 1)),
          p95Seconds: write(fc.constantFrom(0.05, 10)),
        }),
        ...more,
      },
      'name',
      source,
      ...('retrain' in more ? ['drift' as const] : []), // It needs that.
      ...('task' in more ? ['task' as const] : []),
      ...(isImage ? [] : ['server']),
    );
  };
  const pipeline = {
    server: write(fc.constant('huggingface')),
    task: write(fc.constantFrom('fill-mask', 'text2text-generation')),
  };
  const models = fc.oneof(
    ...(['uri', 'registeredModel', 'image'] as const).flatMap((source) =>
      (['replicas', 'autoscaling'] as const).flatMap((scaling) => [
        { weight: 9, arbitrary: model(source, scaling, {}) },
        { weight: 1, arbitrary: model(source, scaling, { retrain }) },
        ...(source === 'image' ? [] : [{ weight: 2, arbitrary: model(source, scaling, pipeline) }]),
      ]),
    ),
  );
  return some(
    {
      name: write(fc.constantFrom('mlops', 'a', 'constructor', 'x'.repeat(51))),
      namespacePrefix: write(fc.constantFrom('team-a', 'y'.repeat(51))),
      cluster: some(
        {
          externalHost: write(hosts),
          domain: write(fc.constantFrom('cluster.local', 'k8s.example.org')),
          kubernetesVersion: write(fc.constantFrom('1.27', '1.30', '1.36')),
          nfs: some({ server: write(hosts), path: write(fc.constant('/share')) }, 'server', 'path'),
        },
        'externalHost',
      ),
      size: some({ profile: write(fc.constantFrom('team', 'production', 'laptop')), overrides }, 'profile'),
      services,
      models: write(
        fc.uniqueArray(models, { maxLength: 3, selector: (item) => (item as { name?: unknown } | null)?.name }),
      ),
      secrets: some({ mode: write(fc.constantFrom('generated', 'existing')) }, 'mode'),
      images: some({
        registry: write(fc.constantFrom('registry.example.org/mirror', 'localhost:5000')),
        pullSecrets: write(fc.uniqueArray(fc.constantFrom('regcred', 'other'))),
        overrides: write(
          fc.dictionary(
            fc.constantFrom(...Object.keys(imagePins).filter((name) => !name.startsWith('istio'))),
            fc.constantFrom('registry.example.org/a:1', 'registry.example.org/b/c:2'),
            { maxKeys: 3 },
          ),
        ),
      }),
    },
    'cluster',
    'size',
  );
}

/** Without a value that is wrong in itself; some break a rule between fields. */
export const fittingConfigs: Arbitrary<unknown> = config(pen(0));

/** Most of them without a value that is wrong in itself, of which a third break no rule either; the others with a few or many. */
export const configs: Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: fittingConfigs },
  { weight: 2, arbitrary: config(pen(2)) },
  { weight: 2, arbitrary: config(pen(20)) },
  { weight: 1, arbitrary: junk },
);
