import { Istio, type IstioProps } from '../../../charts/istio/istio';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

const props: Omit<Required<IstioProps>, 'cluster' | 'expose'> = {
  namespace: 'mesh',
  sizes: completeConfig.sizes,
  egressGateway: true,
};

describe('Istio with every option set, reached by a node port', () => {
  testSnapshots(
    (app, cluster) => new Istio(app, 'istio', { ...props, cluster, expose: { type: 'nodePort', port: 31080 } }),
  );
});

describe('Istio reached by a load balancer', () => {
  testSnapshots((app, cluster) => {
    const expose = {
      type: 'loadBalancer',
      host: 'models.example.org',
      annotations: { 'example.org/pool': 'public' },
    } as const;
    return new Istio(app, 'istio', { ...props, cluster, expose });
  });
});
