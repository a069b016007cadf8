import type { Config } from '../charts/config';

/** Every Helm chart there is. */
const config: Config = {
  cluster: { externalHost: '192.0.2.10', nfs: { server: '192.0.2.20', path: '/srv/volumes' } },
  size: { profile: 'team' },
  services: { istio: { egressGateway: true } },
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      uri: 's3://models/creditcard/1',
      drift: { registeredModel: { name: 'creditcard', version: 1 } },
    },
  ],
};

export default config;
