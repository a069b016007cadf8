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

/** Before there is a model. */
export const empty: Config = { cluster: { externalHost: nodeAddress }, size: { profile: 'laptop' } };

/** With two models, one of which is watched. */
export const withModels: Config = { ...empty, models: [creditcard, scoring] };
