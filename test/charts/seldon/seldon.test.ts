import { Seldon, type SeldonProps } from '../../../charts/seldon/seldon';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

describe('Seldon Core with every option set', () => {
  testSnapshots((app, cluster) => {
    const { sizes } = completeConfig;
    const props: Required<SeldonProps> = {
      ...{ cluster, namespace: 'operator', sizes, gateway: 'mesh/seldon-gateway' },
      modelNamespace: 'served',
    };
    return new Seldon(app, 'seldon', props);
  });
});
