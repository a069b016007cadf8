import { Topics, type TopicsProps } from '../../../charts/kafka/topics';
import { kafka } from '../../support/neighbours';
import { testSnapshots } from '../../support/service';

describe('topics with every option set, and with none', () => {
  testSnapshots((app, cluster) => {
    const models: Required<TopicsProps>['models'] = [
      { name: 'creditcard', stream: { partitions: 3, retention: '2d' } },
      { name: 'calm' },
    ];
    const props: Required<TopicsProps> = { cluster, namespace: 'watch', models, kafka };
    return new Topics(app, 'topics', props);
  });
});
