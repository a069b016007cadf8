import { ModelLogins, type ModelLoginsProps } from '../../../charts/models/logins';
import { testSnapshots } from '../../support/service';

describe('logins of models with every option set', () => {
  testSnapshots((app) => {
    const props: ModelLoginsProps = {
      gateway: { namespace: 'mesh', selector: { istio: 'ingressgateway' } },
      tokens: { issuer: 'https://login.example.org', jwksUri: 'https://login.example.org/keys' },
      modelNamespace: 'predictors',
      models: [{ name: 'creditcard', audiences: ['creditcard', 'tests'] }, { name: 'scoring' }],
    };
    return new ModelLogins(app, 'model-logins', props);
  });
});
