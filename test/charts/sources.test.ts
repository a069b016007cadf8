import fc from 'fast-check';
import { outputRules } from '../../charts/catalog';
import { violations } from '../../lib/checks';
import type { Output } from '../../lib/checks/output';
import { OutputIndex } from '../../lib/checks/output-index';
import { containersOf, type Workload } from '../../lib/kubernetes/workload';
import { parseConfig, type Config } from '../../charts/config';
import { isCrd, nameOf, type Volume } from '../../lib/kubernetes/object';
import { describeWithOriginals } from '../support/original-charts';
import { assemble } from '../support/output';

// Which bytes an archive must have is tested elsewhere: here any archive of the pinned version will do.
jest.mock('../../lib/helm/archive-store', () => {
  const store = jest.requireActual<typeof import('../../lib/helm/archive-store')>('../../lib/helm/archive-store');
  return { ...store, archiveProblems: () => [] };
});

const config: Config = {
  cluster: { externalHost: '192.0.2.10', nfs: { server: '192.0.2.20', path: '/srv/volumes' } },
  size: { profile: 'team' },
  services: { istio: { egressGateway: true } },
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      uri: 's3://models/creditcard/1',
      drift: { registeredModel: { name: 'creditcard', version: 1 } },
    },
  ],
};

const services = ['postgresql', 'minio', 'kafka', 'prefect', 'prometheus', 'seldon', 'istio', 'nfs'] as const;

const outputOf = (changes: Partial<Config>): Promise<Output> => assemble(parseConfig({ ...config, ...changes }));

/** What neighbours find a service by. Each set is what differs, with the reason, between the sources. */
const contracts: Readonly<
  Record<
    string,
    { of: (index: OutputIndex) => string[]; bundledOnly?: readonly string[]; upstreamOnly?: readonly string[] }
  >
> = {
  'Services with their ports and port names': {
    of: servicePorts,
    // The operator of the original chart makes it when it starts.
    bundledOnly: ['Service/mlops-seldon/seldon-webhook-service :443'],
  },
  ServiceAccounts: {
    of: ({ objects }) => objects.filter(({ kind }) => kind === 'ServiceAccount').map(nameOf),
    // Its pods get no account of their own.
    bundledOnly: ['ServiceAccount/mlops-mlflow/postgresql-mlflow'],
    // For other clusters.
    upstreamOnly: ['ServiceAccount/istio-system/istio-reader-service-account'],
  },
  'Secrets that pods read, with their keys': {
    of: secretKeys,
    upstreamOnly: [
      // Optional, for certificates and other clusters of one's own.
      'istio-system/istio-kubeconfig',
      'istio-system/istiod-tls',
      // Comes with the chart and holds what is public.
      'mlops-kafka/kafka-kraft-cluster-id kraft-cluster-id',
      // Mounted as a whole; with the same keys.
      'mlops-minio/minio',
    ],
  },
  workloads: {
    of: ({ workloads }) => workloads.map(nameOfWorkload),
  },
  'labels that others select pods by': {
    of: ({ workloads }) =>
      workloads.flatMap((workload) => selected(workload.labels).map((label) => `${nameOfWorkload(workload)} ${label}`)),
  },
};

/** The names of Jobs end in a digest of what they do. */
const nameOfWorkload = ({ object }: Workload): string => nameOf(object).replace(/-[0-9a-f]{8}$/, '');

function servicePorts({ objects }: OutputIndex): string[] {
  return objects
    .filter(({ kind }) => kind === 'Service')
    .flatMap((service) => {
      const { ports = [] } = service.spec as { ports?: { name?: string; port: number; nodePort?: number }[] };
      return ports.map(({ name = '', port, nodePort = '' }) => `${nameOf(service)} ${name}:${port} ${nodePort}`.trim());
    });
}

function secretKeys({ workloads }: OutputIndex): string[] {
  const ofVolume = ({ secret, projected }: Volume): string[] => [
    ...(secret === undefined ? [] : keysOf(secret.secretName, secret.items)),
    ...(projected?.sources ?? []).flatMap((source) =>
      source.secret === undefined ? [] : keysOf(source.secret.name, source.secret.items),
    ),
  ];
  const keysOf = (name: string, items?: readonly { key: string }[]): string[] =>
    items === undefined ? [name] : items.map(({ key }) => `${name} ${key}`);
  return workloads.flatMap(({ namespace, spec }) =>
    [
      ...(spec.volumes ?? []).flatMap(ofVolume),
      ...containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
        ...env.flatMap(({ valueFrom }) =>
          keysOf(valueFrom?.secretKeyRef?.name ?? '', valueFrom?.secretKeyRef && [valueFrom.secretKeyRef]),
        ),
        ...envFrom.flatMap(({ secretRef }) => (secretRef === undefined ? [] : [secretRef.name])),
      ]),
    ]
      .filter((key) => key !== '')
      .map((key) => `${namespace}/${key}`),
  );
}

/** Gateways select by `istio`, monitors of operators by `control-plane`, people by `app`. */
const selected = (labels: Readonly<Record<string, string>>): string[] =>
  ['app', 'istio', 'control-plane'].flatMap((key) => (labels[key] === undefined ? [] : [`${key}=${labels[key]}`]));

describeWithOriginals('both sources agree', () => {
  let bundled: OutputIndex;
  let upstream: OutputIndex;

  beforeAll(async () => {
    bundled = new OutputIndex(await outputOf({}));
    upstream = new OutputIndex(await outputOf({ charts: 'upstream' }));
  });

  test.each(Object.entries(contracts))('both sources have the same %s', (_, contract) => {
    const { of, bundledOnly = [], upstreamOnly = [] } = contract;
    const [ours, theirs] = [new Set(of(bundled)), new Set(of(upstream))];
    expect(ours.size).toBeGreaterThan(0);
    expect([...ours].filter((item) => !theirs.has(item)).sort()).toEqual(bundledOnly);
    expect([...theirs].filter((item) => !ours.has(item)).sort()).toEqual(upstreamOnly);
  });

  test('the platform breaks no rule, every custom resource fits the original definitions, and none is ours', () => {
    expect(violations(upstream.output, outputRules)).toEqual([]);
    const definitions = upstream.objects.filter(isCrd);
    expect(definitions.length).toBeGreaterThan(20);
    expect(definitions.every(({ metadata }) => metadata.labels?.['mlops-infra/chart'] !== undefined)).toBe(true);
  });

  test.each(services)('only %s from the original chart, and all but it, break no rule', async (service) => {
    expect(violations(await outputOf({ charts: { [service]: 'upstream' } }), outputRules)).toEqual([]);
    expect(violations(await outputOf({ charts: { default: 'upstream', [service]: 'bundled' } }), outputRules)).toEqual(
      [],
    );
  });

  test('nothing that these charts make at random is in the output', () => {
    const secrets = upstream.objects.filter(({ kind }) => kind === 'Secret').map(nameOf);
    expect(secrets).toEqual([
      'Secret/mlops-prometheus/alertmanager-prometheus-kube-prometheus-alertmanager', // A configuration of no secrets.
      'Secret/mlops-kafka/kafka-kraft-cluster-id', // Derived from the name of the platform.
    ]);
    const webhooks = upstream.objects.filter(({ kind }) => kind.endsWith('WebhookConfiguration')).map(nameOf);
    expect(webhooks.filter((name) => name.includes('seldon'))).toEqual([]); // Its operator makes it, with a certificate.
  });

  test('an image with a digest is started with it, and breaks no label', async () => {
    const prefect = `registry.example.org/prefect:3.9.1@sha256:${'a'.repeat(64)}`;
    const output = await outputOf({ charts: 'upstream', images: { overrides: { prefect } } });
    expect(violations(output, outputRules)).toEqual([]);
    const images = new OutputIndex(output).workloads.flatMap(({ spec }) =>
      containersOf(spec).map(({ image }) => image),
    );
    expect(images).toContain(prefect);
  });

  test('any mixture of sources breaks no rule', async () => {
    const source = fc.constantFrom('bundled', 'upstream');
    const mixture = fc.record(Object.fromEntries([...services, 'default'].map((service) => [service, source])));
    await fc.assert(
      fc.asyncProperty(mixture, async (charts) => {
        expect(violations(await outputOf({ charts: charts }), outputRules)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  }, 300_000);
});
