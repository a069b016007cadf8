import { at, type Loose } from '../../support/config';
import { platform } from './platform';

describe('how a service is reached from outside', () => {
  const open = { withoutLogin: true };

  /** Key of the exposure → the Service that it is about, the one behind an Ingress, its port, and what it asks for. */
  const exposures = [
    {
      key: 'services.mlflow.expose',
      service: 'mlflow-service',
      inside: 'mlflow-tracking-server',
      port: 5000,
      more: open,
    },
    { key: 'services.minio.expose', service: 'minio', inside: 'minio', port: 9000 },
    { key: 'services.minio.console', service: 'minio-console', inside: 'minio-console', port: 9001 },
    { key: 'services.istio.expose', service: 'istio-ingressgateway', inside: 'istio-ingressgateway', port: 80 },
    { key: 'services.prefect.expose', service: 'prefect-server', inside: 'prefect-server', port: 4200 },
    {
      key: 'services.prometheus.expose',
      service: 'prometheus-kube-prometheus-prometheus',
      inside: 'prometheus-kube-prometheus-prometheus',
      port: 9090,
      more: open,
    },
    {
      key: 'services.prometheus.alertmanager',
      service: 'prometheus-kube-prometheus-alertmanager',
      inside: 'prometheus-kube-prometheus-alertmanager',
      port: 9093,
      more: open,
    },
  ];

  const portOf = (service: Loose, port: number): Loose =>
    service.spec.ports.find((item: { port: number }) => item.port === port);

  test.each(exposures)('$key by a node port of your choice', async ({ key, service, port, more }) => {
    const { get } = await platform(at(key, { type: 'nodePort', port: 31234, ...more }));
    expect(get('Service', service).spec.type).toBe('NodePort');
    expect(portOf(get('Service', service), port).nodePort).toBe(31234);
  });

  test.each(exposures)('$key by a load balancer with annotations', async ({ key, service, port, more }) => {
    const annotations = { 'example.org/pool': 'public' };
    const { get } = await platform(at(key, { type: 'loadBalancer', annotations, ...more }));
    expect(get('Service', service)).toMatchObject({
      metadata: { annotations: { 'example.org/pool': 'public' } },
      spec: { type: 'LoadBalancer' },
    });
    expect(portOf(get('Service', service), port).nodePort).toBeUndefined();
  });

  test.each(exposures)('$key by an Ingress without TLS', async ({ key, inside, port, more }) => {
    const { get } = await platform(at(key, { type: 'ingress', host: 'mlops.example.org', ...more }));
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

  test.each(exposures)('$key by an Ingress with TLS, a class and annotations', async ({ key, inside, more }) => {
    const { get } = await platform(
      at(key, {
        type: 'ingress',
        host: 'mlops.example.org',
        className: 'nginx',
        tlsSecret: 'mlops-tls',
        annotations: { 'cert-manager.io/cluster-issuer': 'main' },
        ...more,
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

  test('nothing but the gateway, unless the config says so', async () => {
    const { objects } = await platform({ services: { grafana: {} } });
    const open = objects.filter(
      ({ kind, spec }) => kind === 'Ingress' || (spec as { type?: string } | undefined)?.type === 'NodePort',
    );
    expect(open.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(['Service/istio-ingressgateway']);
  });

  describe('the models over HTTPS', () => {
    const tls = { tlsSecret: 'models-tls' };
    const https = { port: { number: 443, name: 'https', protocol: 'HTTPS' } };

    test('by a node port, which is then the only way in', async () => {
      const { get } = await platform(at('services.istio.expose', { type: 'nodePort', port: 31443, ...tls }));
      expect(get('Service', 'istio-ingressgateway').spec.ports).toMatchObject([{ port: 443, nodePort: 31443 }]);
      const [first] = get('Gateway', 'seldon-gateway').spec.servers;
      expect(first).toMatchObject({ ...https, tls: { mode: 'SIMPLE', credentialName: 'models-tls' } });
    });

    test('by a load balancer, whose port 80 leads there', async () => {
      const { get } = await platform(at('services.istio.expose', { type: 'loadBalancer', ...tls }));
      const ports = get('Service', 'istio-ingressgateway').spec.ports.map(({ port }: Loose) => port);
      expect(ports).toEqual([15021, 80, 443]);
      expect(get('Gateway', 'seldon-gateway').spec.servers).toMatchObject([https, { tls: { httpsRedirect: true } }]);
    });

    test('by an Istio of your own', async () => {
      const external = { url: 'https://models.example.org', ...tls };
      const { get } = await platform(at('services.istio.external', external));
      expect(get('Gateway', 'seldon-gateway').spec.servers).toMatchObject([
        { ...https, tls: { credentialName: 'models-tls' } },
        { tls: { httpsRedirect: true } },
      ]);
    });
  });

  test('Kafka by node ports: one for all brokers, and those that follow for each', async () => {
    const { get } = await platform(at('services.kafka.expose', { type: 'nodePort', bootstrapPort: 31000, ...open }));
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
      at('services.kafka.expose', { type: 'nodePort', bootstrapPort: 31500, brokerPorts, ...open }),
    );
    for (const [broker, port] of brokerPorts.entries()) {
      expect(get('Service', `kafka-controller-${broker}-external`).spec.ports[0].nodePort).toBe(port);
      expect(text).toContain(`EXTERNAL://192.0.2.10:${port}`);
    }
  });

  test('Kafka by a load balancer for each broker', async () => {
    const brokerHosts = ['k0.example.org', 'k1.example.org', 'k2.example.org'];
    const { get, text } = await platform(
      at('services.kafka.expose', {
        type: 'loadBalancer',
        brokerHosts,
        annotations: { 'example.org/pool': 'public' },
        ...open,
      }),
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
