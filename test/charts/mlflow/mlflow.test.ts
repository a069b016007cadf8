import { Mlflow, type MlflowProps } from '../../../charts/mlflow/mlflow';
import { completeConfig } from '../../support/complete-config';
import { bucket, database } from '../../support/neighbours';
import { testSnapshots } from '../../support/service';

describe('MLflow with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<MlflowProps> = {
      cluster,
      namespace: 'tracking',
      size: completeConfig.sizes.mlflow,
      expose: { type: 'loadBalancer', host: 'mlflow.example.org', annotations: { 'example.org/pool': 'public' } },
      allowedHosts: ['192.0.2.11:30500'],
      database,
      artifacts: bucket,
      bucket: 'runs',
    };
    return new Mlflow(app, 'mlflow', props);
  });
});
