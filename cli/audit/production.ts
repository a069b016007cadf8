import type { Config } from '../../charts/config';

const ingress = (name: string) =>
  ({ type: 'ingress', host: `${name}.example.org`, className: 'nginx', tlsSecret: `${name}-tls` }) as const;

/** A platform as an organization would run it: three of what can be three, TLS, models with a canary and retraining. */
export const production: Config = {
  cluster: { externalHost: 'models.example.org' },
  size: { profile: 'production' },
  services: {
    minio: { expose: ingress('minio'), console: ingress('console') },
    prefect: { expose: ingress('prefect') },
    grafana: { expose: ingress('grafana') },
  },
  models: [
    {
      name: 'creditcard',
      server: 'mlflow',
      registeredModel: { name: 'creditcard', version: 3 },
      canary: { registeredModel: { name: 'creditcard', version: 4 }, traffic: 10 },
      drift: {},
      retrain: { deployment: 'train-creditcard/production' },
    },
    { name: 'own', image: 'registry.example.org/own:1.4.0' },
  ],
};
