import { Istio, type IstioProps } from '../../../charts/istio/istio';
import { Endpoint } from '../../../lib/graph/endpoint';
import { completeConfig } from '../../support/complete-config';
import { serviceOf, testSnapshots, type Add } from '../../support/service';
import { expectYaml } from '../../support/yaml';

const props: Omit<Required<IstioProps>, 'cluster' | 'expose'> = {
  namespace: 'mesh',
  sizes: completeConfig.sizes,
  keys: Endpoint.ofUrl('https://login.example.org/keys'),
  egressGateway: true,
};

const byNodePort: Add<Istio> = (app, cluster) =>
  new Istio(app, 'istio', {
    ...props,
    cluster,
    expose: { type: 'nodePort', port: 31443, tlsSecret: 'models-tls', clientCertificates: true },
  });

describe('Istio with every option set, reached by a node port', () => {
  testSnapshots(byNodePort);

  test('publishes its gateway: namespace, pod labels, address and certificate', () => {
    const { namespace, selector, address, tls } = serviceOf(byNodePort).ingressGateway;
    expectYaml({ namespace, selector, address: address?.url(), tls });
  });
});

describe('Istio reached by a load balancer', () => {
  testSnapshots((app, cluster) => {
    const expose = {
      type: 'loadBalancer',
      host: 'models.example.org',
      ...{ tlsSecret: 'models-tls', clientCertificates: false },
      annotations: { 'example.org/pool': 'public' },
    } as const;
    return new Istio(app, 'istio', { ...props, cluster, expose });
  });
});
