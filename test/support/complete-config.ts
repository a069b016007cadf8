import { imagePins, parseConfig, type Config } from '../../charts/config';

/** Images are called after their pins, so that an update of a program changes no snapshot. */
function imageNamedAfter(pin: string): string {
  const behindHub: Readonly<Record<string, string>> = { istiod: 'istiod/pilot', istioProxy: 'istio-proxy/proxyv2' };
  return `registry.example.org/${behindHub[pin] ?? pin.toLowerCase()}:1`;
}

/** An image for each pin, by which a snapshot shows which one is used. */
export const namedImages = Object.fromEntries(Object.keys(imagePins).map((name) => [name, imageNamedAfter(name)]));

/** Every model has each key in at least one of these. */
const models: NonNullable<Config['models']> = [
  {
    name: 'creditcard',
    server: 'mlflow',
    registeredModel: { name: 'Credit Card', version: 3 },
    protocol: 'v1',
    replicas: 3,
    resources: { cpu: '110m', cpuLimit: '3', memory: '640Mi', memoryLimit: '3Gi' },
    canary: { registeredModel: { name: 'Credit Card', version: 4 }, traffic: 10 },
    shadow: { uri: 's3://models/creditcard/5', traffic: 25 },
    stream: { partitions: 3, retention: '2d' },
    drift: {
      detectors: ['mmd', 'adwin'],
      reference: 'data/reference.csv',
      dropColumns: ['Class'],
      window: 100,
    },
    retrain: { deployment: 'train-creditcard/production', alerts: ['DriftDetected'], atMostEvery: '12h' },
    login: { audiences: ['creditcard'] },
    alerts: { errorRate: 0.01, p95Seconds: 0.2 },
  },
  {
    name: 'sentiment',
    server: 'huggingface',
    task: 'text-classification',
    uri: 's3://models/sentiment',
    autoscaling: { min: 2, max: 5, cpuPercent: 70 },
  },
  { name: 'own', image: 'own.example.org/model:1.4.0' },
];

const tls = { tlsSecret: 'tls', className: 'nginx', annotations: { 'cert-manager.io/cluster-issuer': 'main' } };
const ingress = (service: string) => ({ type: 'ingress' as const, host: `${service}.example.org`, ...tls });
const openIngress = (service: string) => ({ ...ingress(service), withoutLogin: true as const });
const secret = { namespace: 'vault', name: 'hooks' };

/** A config with every key set, but those of services of one's own, which exclude the others. Name and prefix differ. */
export const complete: Required<Config> = {
  name: 'acme',
  namespacePrefix: 'team-a',
  cluster: {
    externalHost: '192.0.2.10',
    domain: 'k8s.example.org',
    kubernetesVersion: '1.35',
    storageClass: 'fast',
    nfs: { server: 'nfs.example.org', path: '/exports/mlops', storageClass: 'fast' },
  } satisfies Required<Config['cluster']>,
  size: { profile: 'production', overrides: { mlflow: { replicas: 3 } } },
  services: {
    postgresql: {},
    minio: { expose: ingress('minio'), console: ingress('console') },
    mlflow: { expose: openIngress('mlflow'), allowedHosts: ['tracking.example.org'] },
    istio: {
      expose: { type: 'nodePort', port: 31443, tlsSecret: 'tls', clientCertificates: true },
      tokens: { issuer: 'https://login.example.org', jwksUri: 'https://login.example.org/keys' },
      egressGateway: true,
    },
    seldon: {},
    prefect: {
      expose: ingress('prefect'),
      workPool: 'gpu-pool',
      limits: { flowRuns: 7, taskRuns: { database: 3 } },
    },
    prometheus: {
      expose: openIngress('prometheus'),
      alertmanager: openIngress('alertmanager'),
      retention: '40d',
      receivers: [
        { type: 'webhook', name: 'on-call', url: 'https://hooks.example.org/a', severity: 'critical', secret },
      ],
    },
    grafana: { expose: ingress('grafana') },
    kafka: {
      expose: { type: 'nodePort', bootstrapPort: 31092, brokerPorts: [31101, 31102, 31103], withoutLogin: true },
      replicationFactor: 3,
    },
    drift: {},
  } satisfies Required<NonNullable<Config['services']>>,
  models,
  secrets: { mode: 'generated' },
  networkPolicies: {
    flavor: 'kubernetes',
    apiServerPorts: [6443],
    dns: ['169.254.20.10/32', '192.0.2.53/32'],
    clients: [{ namespace: 'notebooks', podLabels: { app: 'jupyter' }, to: ['mlflow', 'kafka', 'models'] }],
    destinations: [
      { from: 'flowRuns', to: '198.51.100.0/24', ports: [5432] },
      { from: 'models', to: '203.0.113.7/32', ports: [443, 8443] },
    ],
  },
  charts: 'bundled',
  images: {
    registry: 'mirror.example.org',
    pullSecrets: ['registry-login'],
    overrides: namedImages,
  } satisfies Required<NonNullable<Config['images']>>,
};

export const completeConfig = parseConfig(complete);
