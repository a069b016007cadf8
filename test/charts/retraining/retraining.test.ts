import { Retraining, type RetrainingProps } from '../../../charts/retraining/retraining';
import { completeConfig } from '../../support/complete-config';
import { endpoint, testSnapshots } from '../../support/service';

describe('the receiver that starts trainings, with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<RetrainingProps> = {
      cluster,
      namespace: 'flows',
      models: completeConfig.models.filter(({ retrain }) => retrain !== undefined),
      api: endpoint('prefect', 4200),
      program: '# the receiver\n',
    };
    return new Retraining(app, 'retraining', props);
  });
});
