import type { Config } from './charts/config';

/** Everything that you choose. `npm run synth` turns it into the manifests in dist/. */
const config: Config = {
  name: 'mlops', // names the platform, and starts the name of each of its namespaces
  cluster: {
    externalHost: '192.0.2.10', // address of a node, as your browser reaches it
    kubernetesVersion: '1.27', // the oldest version among your clusters
  },
  size: { profile: 'team' }, // laptop, team or production: replicas, CPU, memory and disks
  models: [
    {
      name: 'creditcard', // served at /seldon/mlops-models/creditcard/
      server: 'mlflow', // the kind of model that the folder holds
      uri: 's3://models/creditcard/1', // folder in the object store
      drift: {
        registeredModel: { name: 'creditcard', version: 1 }, // of this version are the data that requests are compared with
        detectors: ['mmd'],
        window: 100, // requests at a time
      },
    },
  ],
};

export default config;
