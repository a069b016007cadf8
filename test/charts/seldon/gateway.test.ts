import { SeldonGateway, type SeldonGatewayProps } from '../../../charts/seldon/gateway';
import { endpoint, testSnapshots } from '../../support/service';

describe('the gateway of the models with every option set', () => {
  testSnapshots((app) => {
    const ingressGateway: Required<SeldonGatewayProps['ingressGateway']> = {
      namespace: 'mesh',
      selector: { app: 'my-gateway' },
      pods: { title: 'gateway', namespace: 'mesh', labels: { app: 'my-gateway' } },
      address: endpoint('gateway', 443),
      tls: { secret: 'models-tls', clientCertificates: true },
    };
    const props: Required<SeldonGatewayProps> = { ingressGateway, modelNamespace: 'predictors' };
    return new SeldonGateway(app, 'seldon-gateway', props);
  });
});
