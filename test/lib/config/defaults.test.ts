import { components, type Component } from '../../../charts/config';
import { sizesOf } from '../../../lib/config/sizes';
import { amountOf } from '../../../lib/kubernetes/quantity';
import { creditcard, parse } from '../../support/config';

test('the shortest config becomes a complete one', () => {
  expect(
    parse({ models: [{ ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 } } }] }),
  ).toEqual({
    name: 'mlops',
    namespacePrefix: 'mlops',
    cluster: { externalHost: '192.0.2.10', domain: 'cluster.local', kubernetesVersion: '1.32' },
    profile: 'team',
    sizes: sizesOf(components, 'team', {}),
    services: {
      postgresql: {},
      minio: { expose: { type: 'cluster' }, console: { type: 'cluster' } },
      mlflow: { expose: { type: 'cluster' }, allowedHosts: [] },
      istio: { expose: { type: 'nodePort', port: 30080, clientCertificates: false }, egressGateway: false },
      seldon: {},
      prefect: { expose: { type: 'cluster' }, workPool: 'kubernetes', limits: { taskRuns: {} } },
      prometheus: {
        expose: { type: 'cluster' },
        alertmanager: { type: 'cluster' },
        retention: '10d',
        receivers: [],
      },
      kafka: { expose: { type: 'cluster' } },
      drift: {},
      grafana: false,
    },
    models: [
      {
        ...creditcard,
        protocol: 'v2',
        resources: {},
        drift: {
          registeredModel: { name: 'creditcard', version: 1 },
          detectors: ['mmd'],
          reference: 'artifacts/testing_dataset.csv',
          dropColumns: [],
          window: 500,
        },
      },
    ],
    secrets: { mode: 'generated' },
    networkPolicies: {
      flavor: 'kubernetes',
      apiServerPorts: [443, 6443, 8443, 16443],
      dns: ['169.254.20.10/32'],
      clients: [],
      destinations: [],
    },
    charts: 'bundled',
    images: { pullSecrets: [], overrides: {} },
  });
});

test('references to Secrets of your own get the usual names of their keys', () => {
  const secret = { namespace: 'store', name: 'login' };
  const { minio, postgresql } = parse({
    services: {
      minio: { external: { endpoint: 'https://s3.example.org', secret } },
      postgresql: {
        external: {
          prefect: { host: 'db.example.org', database: 'prefect', secret: { ...secret, keys: { username: 'user' } } },
        },
      },
    },
  }).services;
  expect(minio).toMatchObject({
    external: { region: 'us-east-1', secret: { ...secret, keys: { accessKey: 'accessKey', secretKey: 'secretKey' } } },
  });
  expect(postgresql).toMatchObject({
    external: { prefect: { port: 5432, secret: { keys: { username: 'user', password: 'password' } } } },
  });
});

test('namespaces begin with the name unless they are given a prefix', () => {
  expect(parse({ name: 'fraud' }).namespacePrefix).toBe('fraud');
  expect(parse({ name: 'fraud', namespacePrefix: 'team-a' }).namespacePrefix).toBe('team-a');
});

test('single figures replace those of the profile, and nothing else', () => {
  const { sizes } = parse({
    size: { profile: 'laptop', overrides: { minio: { disk: '1Ti' }, mlflow: { replicas: 2 } } },
  });
  const laptop = sizesOf(components, 'laptop', {});
  expect(sizes).toEqual({
    ...laptop,
    minio: { ...laptop.minio, disk: '1Ti' },
    mlflow: { ...laptop.mlflow, replicas: 2 },
  });
});

test.each(['laptop', 'team', 'production'] as const)('every figure of the profile %s is possible', (profile) => {
  for (const component of Object.keys(components) as Component[]) {
    const { cpu, cpuLimit, memory, memoryLimit, disk } = sizesOf(components, profile, {})[component];
    expect(amountOf(cpu)).toBeGreaterThan(0);
    expect(amountOf(cpuLimit)).toBeGreaterThanOrEqual(amountOf(cpu));
    expect(amountOf(memory)).toBeGreaterThan(0);
    expect(amountOf(memoryLimit)).toBeGreaterThanOrEqual(amountOf(memory));
    expect(amountOf(disk ?? '1Gi')).toBeGreaterThan(0);
  }
});
