import { externalApiGroups } from '../../../charts/catalog';
import { externalTo } from '../../../lib/checks/external';
import { parseConfig, type Config } from '../../../charts/config';

const external = (config: Partial<Config>) => {
  const whole = parseConfig({
    ...{ cluster: { externalHost: '192.0.2.10', ...config.cluster }, size: { profile: 'laptop' } },
    ...config,
  });
  return externalTo(whole, externalApiGroups(whole));
};

test('a config without services of the user adds nothing', () => {
  expect(external({})).toEqual({
    namespaces: new Set(),
    secrets: [],
    clientNamespaces: new Set(),
    tlsSecrets: new Set(),
    storageClasses: new Set(),
    apiGroups: new Set(),
  });
});

test('services of the user add their namespaces, Secrets and API groups', () => {
  const secret = { namespace: 'vault', name: 'store', keys: { accessKey: 'id', secretKey: 'secret' } };
  const { namespaces, secrets, apiGroups } = external({
    services: {
      minio: { external: { endpoint: 'http://minio.storage.svc.cluster.local:9000', secret } },
      kafka: {
        external: { bootstrapServers: ['kafka-0.kafka.data.svc.cluster.local:9092', 'kafka.example.org:9092'] },
      },
      istio: { external: { namespace: 'mesh', url: 'https://models.example.org' } },
      prometheus: { external: { url: 'https://prometheus.example.org', namespace: 'monitoring' } },
    },
  });
  expect(namespaces).toEqual(new Set(['vault', 'storage', 'data', 'mesh', 'monitoring']));
  expect(secrets).toEqual([{ namespace: 'vault', name: 'store', keys: ['id', 'secret'] }]);
  expect([...apiGroups].sort()).toEqual([
    'extensions.istio.io',
    'monitoring.coreos.com',
    'networking.istio.io',
    'security.istio.io',
    'telemetry.istio.io',
  ]);
});

test('certificates and classes of volumes are what the config names', () => {
  const { tlsSecrets, storageClasses } = external({
    cluster: { externalHost: '192.0.2.10', storageClass: 'fast' },
    services: {
      mlflow: {
        expose: { type: 'ingress', host: 'mlflow.example.org', tlsSecret: 'mlflow-tls', withoutLogin: true },
      },
    },
  });
  expect(tlsSecrets).toEqual(new Set(['mlflow-tls']));
  expect(storageClasses).toEqual(new Set(['fast']));
});
