import { DriftDetectors, type DriftDetectorsProps } from '../../../charts/drift/drift';
import { completeConfig } from '../../support/complete-config';
import { kafka, store } from '../../support/neighbours';
import { endpoint, testSnapshots } from '../../support/service';

describe('detectors of drift with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<DriftDetectorsProps> = {
      cluster,
      namespace: 'watch',
      size: completeConfig.sizes.driftDetector,
      models: completeConfig.models.filter(({ drift }) => drift !== undefined),
      modelNamespace: 'serving',
      kafka,
      mlflow: endpoint('tracking', 5000),
      store,
    };
    return new DriftDetectors(app, 'drift', props);
  });
});
