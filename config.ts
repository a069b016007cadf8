import type { Config } from './charts/config';

/** Your platform. `npm run synth` turns it into the manifests in dist/; your editor explains every key. */
const config: Config = {
  name: 'mlops', // namespaces are called mlops-kafka, mlops-mlflow and so on
  cluster: {
    externalHost: '192.0.2.10', // the address of a node that your browser can reach
    kubernetesVersion: '1.32', // the oldest among your clusters
  },
  size: { profile: 'team' }, // replicas, CPU, memory and disks: 'laptop', 'team' or 'production'
  models: [
    {
      name: 'creditcard', // served at /seldon/mlops-models/creditcard/
      server: 'mlflow', // what opens the files: 'mlflow', 'sklearn', 'xgboost', 'huggingface' or 'triton'
      uri: 's3://models/creditcard/1', // the model's folder in the object store
      drift: {
        registeredModel: { name: 'creditcard', version: 1 }, // the MLflow version whose data requests are compared with
        detectors: ['mmd'], // how to compare: see programs/drift/README.md
        window: 100, // how many rows of requests to compare at a time
      },
    },
  ],
};

export default config;
