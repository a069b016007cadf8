import fc, { type Arbitrary } from 'fast-check';
import type { Pen } from './pen';
import { annotations, hostNames, hosts, labels, nodePorts, urls } from './values';

/** The section of the services. */
export function services({ write, some }: Pen): Arbitrary<unknown> {
  const open = { withoutLogin: write(fc.constant(true)) };
  const tls = { tlsSecret: write(fc.constant('tls')) };
  const exposureWith = (more: Readonly<Record<string, Arbitrary<unknown>>>, direct = {}): Arbitrary<unknown> => {
    const always = ['type', ...Object.keys(more)];
    return write(
      fc.oneof(
        some({ type: fc.constant('nodePort'), port: write(nodePorts), ...direct, ...more }, ...always),
        some(
          {
            type: fc.constant('loadBalancer'),
            host: write(hosts),
            annotations: write(annotations),
            ...direct,
            ...more,
          },
          ...always,
        ),
        some(
          {
            type: fc.constant('ingress'),
            host: write(hostNames),
            className: write(fc.constant('nginx')),
            ...tls,
            annotations: write(annotations),
            ...more,
          },
          'host',
          ...always,
        ),
        some({ type: fc.constant('cluster') }, 'type'),
      ),
    );
  };
  const exposure = exposureWith({});
  const openExposure = exposureWith(open);
  const kafkaExposure = write(
    fc.oneof(
      some(
        {
          type: fc.constant('nodePort'),
          bootstrapPort: write(nodePorts),
          brokerPorts: write(fc.array(nodePorts, { minLength: 3, maxLength: 3 })),
          ...open,
        },
        'type',
        'withoutLogin',
      ),
      some(
        {
          type: fc.constant('loadBalancer'),
          brokerHosts: write(fc.uniqueArray(hosts, { minLength: 3, maxLength: 3 })),
          annotations: write(annotations),
          ...open,
        },
        'type',
        'brokerHosts',
        'withoutLogin',
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
  return some({
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
    mlflow: service(some({ expose: openExposure })),
    istio: service(
      some({ expose: exposureWith({}, tls), egressGateway: write(fc.boolean()) }),
      some(
        {
          external: some(
            {
              namespace: write(fc.constant('istio-ingress')),
              gatewaySelector: write(labels),
              url: write(urls),
            },
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
        workPool: write(fc.constantFrom('pool', 'kubernetes')),
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
        expose: openExposure,
        alertmanager: openExposure,
        retention: write(fc.constantFrom('1h', '30d')),
        receivers: write(
          fc.uniqueArray(receiver, { maxLength: 3, selector: (item) => (item as { name?: unknown } | null)?.name }),
        ),
      }),
      some(
        {
          external: some(
            { url: write(urls), monitorLabels: write(labels), namespace: write(fc.constant('monitoring')) },
            'url',
            'namespace',
          ),
        },
        'external',
      ),
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
}
