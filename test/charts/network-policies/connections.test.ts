import { outputRules } from '../../../charts/catalog';
import { violations } from '../../../lib/checks';
import { parseConfig } from '../../../charts/config';
import { completeConfig } from '../../support/complete-config';
import { creditcard, everythingOff, merge, smallest, type Loose } from '../../support/config';
import { allowedPairs, differences, policiesOf } from '../../support/network';
import { describeWithOriginals } from '../../support/original-charts';
import { assemble } from '../../support/output';
import { usual } from '../../support/usual-config';
import { expectYaml } from '../../support/yaml';

// Which bytes an archive must have is tested elsewhere: here any archive of the pinned version will do.
jest.mock('../../../lib/helm/archive-store', () => {
  const store = jest.requireActual<typeof import('../../../lib/helm/archive-store')>('../../../lib/helm/archive-store');
  return { ...store, archiveProblems: () => [] };
});

const apiServerPorts = [443, 6443, 8443, 16443];
const outputOf = (keys: object) => assemble(parseConfig(merge(usual, keys)));

const secret = { namespace: 'vault', name: 'login' };

const configs: Readonly<Record<string, object>> = {
  'the usual one': {},
  'on one node': { size: { profile: 'laptop' } },
  'with replicas of everything': { size: { profile: 'production' } },
  'with Grafana, an egress gateway and a provisioner of volumes': {
    services: { grafana: {}, istio: { egressGateway: true } },
    cluster: { nfs: { server: '192.0.2.20', path: '/volumes' } },
  },
  'that exposes nothing, the models neither': { services: { istio: { expose: { type: 'cluster' } } } },
  'that exposes all by node ports': {
    services: {
      mlflow: { expose: { type: 'nodePort', withoutLogin: true } },
      prefect: { expose: { type: 'nodePort' } },
      minio: { expose: { type: 'nodePort' }, console: { type: 'nodePort' } },
      grafana: { expose: { type: 'nodePort' } },
      prometheus: {
        expose: { type: 'nodePort', withoutLogin: true },
        alertmanager: { type: 'nodePort', withoutLogin: true },
      },
      kafka: { expose: { type: 'nodePort', withoutLogin: true } },
    },
  },
  'that exposes all by an Ingress or a load balancer': {
    services: {
      mlflow: { expose: { type: 'ingress', host: 'mlflow.example.org', tlsSecret: 'tls', withoutLogin: true } },
      prefect: { expose: { type: 'ingress', host: 'prefect.example.org' } },
      istio: { expose: { type: 'loadBalancer' } },
      prometheus: { alertmanager: { type: 'loadBalancer', withoutLogin: true } },
      kafka: {
        expose: {
          type: 'loadBalancer',
          brokerHosts: ['a.example.org', 'b.example.org', 'c.example.org'],
          withoutLogin: true,
        },
      },
    },
  },
  'with several models': {
    models: [
      usual.models[0],
      { ...creditcard, name: 'registered', uri: undefined, registeredModel: { name: 'm', version: 1 } },
      { ...creditcard, name: 'old', protocol: 'v1', stream: {}, canary: { uri: 's3://models/b', traffic: 5 } },
      { name: 'own', image: 'registry.example.org/own:1' },
      {
        ...usual.models[0],
        name: 'retrained',
        retrain: { deployment: 'train/production' },
      },
    ],
  },
  'without Prometheus': { services: { prometheus: false } },
  'with clients and destinations of its own': {
    networkPolicies: {
      clients: [
        { namespace: 'notebooks', to: ['mlflow', 'models'] },
        { namespace: 'streams', podLabels: { app: 'reader' }, to: ['kafka'] },
      ],
      destinations: [{ from: 'flowRuns', to: '198.51.100.7/32', ports: [5432] }],
    },
  },
  'that uses services of elsewhere': {
    services: {
      postgresql: {
        external: {
          mlflow: { host: 'db.example.org', database: 'mlflow', secret },
          prefect: { host: '192.0.2.40', database: 'prefect', secret },
        },
      },
      minio: { external: { endpoint: 'https://s3.example.org', secret } },
      kafka: { external: { bootstrapServers: ['kafka.streams.svc.cluster.local:9092'] } },
      istio: { external: { url: 'https://models.example.org', namespace: 'mesh' } },
      prometheus: { external: { url: 'http://prometheus.monitoring.svc.cluster.local:9090' } },
    },
  },
};

describe.each(Object.entries(configs))('with a config %s', (_, keys) => {
  test('exactly what is declared may connect, and nothing else', async () => {
    const output = await outputOf(keys);
    expect(violations(output, outputRules)).toEqual([]);
    expect(differences(output, policiesOf(output), apiServerPorts)).toEqual([]);
  });
});

test.each(['kafka', 'minio', 'prefect', 'prometheus', 'istio'] as const)(
  'exactly what is declared may connect where %s is all there is',
  async (name) => {
    const output = await assemble(parseConfig({ ...smallest, services: { ...everythingOff, [name]: {} } }));
    expect(differences(output, policiesOf(output), apiServerPorts)).toEqual([]);
  },
);

describeWithOriginals('the original Helm charts', () => {
  test('may do exactly what is declared', async () => {
    const output = await outputOf({ charts: 'upstream', services: { istio: { egressGateway: true } } });
    expect(violations(output, outputRules)).toEqual([]);
    expect(differences(output, policiesOf(output), apiServerPorts)).toEqual([]);
  });
});

test('with every option set, these may connect', async () => {
  const output = await assemble(completeConfig);
  expect(differences(output, policiesOf(output), [6443])).toEqual([]);
});

test('usually, these reach these ports', async () => {
  expectYaml(allowedPairs(await outputOf({})));
});

test('a connection that is not declared, and a policy too much, are told with both ends', async () => {
  const output = await outputOf({});
  const mlflow = 'Deployment/mlops-mlflow/mlflow-tracking-server';
  const policies = policiesOf(output);
  const without = policies.filter(({ metadata }: Loose) => metadata.name !== 'mlflow-tracking-server');
  expect(differences(output, without, apiServerPorts)).toContain(
    `${mlflow} → StatefulSet/mlops-mlflow/postgresql-mlflow:5432/TCP is declared, not allowed`,
  );
  const connections = output.connections.filter(({ purpose }) => purpose !== 'runs and registered models');
  expect(differences({ ...output, connections }, policies, apiServerPorts)).toEqual([
    `${mlflow} → StatefulSet/mlops-mlflow/postgresql-mlflow:5432/TCP is allowed, not declared`,
  ]);
});
