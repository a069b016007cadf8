import type { Config } from '../../charts/config';

/** The platform with the model of this example: served, watched, and retrained when it drifts. */
const config: Config = {
  cluster: { externalHost: '192.0.2.10' },
  size: { profile: 'laptop' },
  services: { prefect: { expose: { type: 'nodePort' } } }, // flows are registered from outside; it asks for a login
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      registeredModel: { name: 'creditcard', version: 1 },
      protocol: 'v1', // the only one with feedback, which adwin needs
      drift: { detectors: ['mmd', 'adwin'], dropColumns: ['fraud'], window: 200 },
      retrain: { deployment: 'train-creditcard/production', atMostEvery: '1h' },
    },
  ],
};

export default config;
