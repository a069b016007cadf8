import { Retraining, type RetrainingProps } from '../../../charts/retraining/retraining';
import { completeConfig } from '../../support/complete-config';
import { prefectApi } from '../../support/neighbours';
import { testSnapshots } from '../../support/service';

describe('the receiver that starts trainings, with every option set', () => {
  testSnapshots((app, cluster) => {
    const props: Required<RetrainingProps> = {
      cluster,
      namespace: 'flows',
      models: completeConfig.models.filter(({ retrain }) => retrain !== undefined),
      api: prefectApi,
      program: '# the receiver\n',
    };
    return new Retraining(app, 'retraining', props);
  });
});
