import { comparesAnswers } from '../../../charts/drift/detectors';
import { Models, type ModelsProps } from '../../../charts/models/models';
import { completeConfig } from '../../support/complete-config';
import { bucket, kafka } from '../../support/neighbours';
import { endpoint, testSnapshots } from '../../support/service';

describe('models with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<ModelsProps> = {
      cluster,
      namespace: 'serving',
      sizes: completeConfig.sizes,
      models: completeConfig.models,
      store: bucket,
      kafka,
      streamsAnswers: comparesAnswers,
      mlflow: { endpoint: endpoint('tracking', 5000), artifactsUri: 's3://runs' },
      address: endpoint('gateway', 80),
    };
    return new Models(app, 'models', props);
  });
});
