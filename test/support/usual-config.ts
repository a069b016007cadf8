import type { Config } from '../../charts/config';

/** A config as most users write it: what tests use in place of the repository's own, which is the user's. */
export const usual = {
  cluster: { externalHost: '192.0.2.10' },
  size: { profile: 'team' },
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      uri: 's3://models/creditcard/1',
      drift: { registeredModel: { name: 'creditcard', version: 1 }, window: 100 },
    },
  ],
} satisfies Config;
