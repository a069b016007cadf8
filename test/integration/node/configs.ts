import type { Config } from '../../../charts/config';
import { nodeAddress } from './network';

type Model = NonNullable<Config['models']>[number];

/** Registered by the flow of the example, and watched. */
export const creditcard: Model = {
  name: 'creditcard',
  server: 'mlflow',
  protocol: 'v1',
  registeredModel: { name: 'creditcard', version: 1 },
  drift: { detectors: ['mmd', 'adwin'], dropColumns: ['fraud'], window: 200 },
  retrain: { deployment: 'train-creditcard/production', atMostEvery: '1h' },
};

/** The same files from the object store, with the other protocol and the other server. */
export const scoring: Model = { name: 'scoring', server: 'mlflow', uri: 's3://models/scoring/1' };

const nodePort = { type: 'nodePort' } as const;
const open = { expose: { ...nodePort, withoutLogin: true } } as const;

/** Before there is a model. What the tests use is exposed, as they are outside. */
export const empty: Config = {
  cluster: { externalHost: nodeAddress },
  size: { profile: 'laptop' },
  services: {
    minio: { expose: nodePort },
    mlflow: open,
    prefect: { expose: nodePort },
    prometheus: open,
    kafka: open,
  },
};

/** With two models, one of which is watched. */
export const withModels: Config = { ...empty, models: [creditcard, scoring] };
