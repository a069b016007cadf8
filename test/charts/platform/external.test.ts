import { at } from '../../support/config';
import { platform } from './platform';

const secret = { namespace: 'databases', name: 'login' };
const database = { host: 'db.example.org', port: 6432, database: 'tracking', secret };

describe('a service of your own', () => {
  test('PostgreSQL for MLflow is talked to in place of one that is installed', async () => {
    const { names, has, secrets } = await platform(at('services.postgresql.external.mlflow', database));
    expect(names).not.toContain('40-postgresql.yaml');
    expect(has('StatefulSet', 'prefect-server-postgresql')).toBe(true);
    expect(secrets.find(({ name }) => name === 'mlflow-secret')?.keys.MLFLOW_BACKEND_STORE_URI).toEqual({
      template: 'postgresql+psycopg2://{username}:{password}@db.example.org:6432/tracking',
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

  test('S3 is talked to in place of MinIO, with its region, by all of its users', async () => {
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
    expect(secrets.find(({ name }) => name === 'creditcard-rclone')?.keys).toMatchObject({
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
      at('services.prometheus.external', {
        ...{ url: 'http://prometheus.example.org', namespace: 'monitoring' },
        monitorLabels: { release: 'main' },
      }),
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
        prometheus: { external: { url: 'https://prometheus.example.org', namespace: 'monitoring' } },
        kafka: { external: { bootstrapServers: ['kafka.example.org:9092'] } },
      },
    });
    expect(names.filter((name) => /^[34]/.test(name))).toEqual(['30-seldon.yaml']);
  });
});
