import kafka from '../../../charts/kafka/service';
import { accepts, finds } from '../../lib/checks/faults';

const identity = 'q7Rk2ZpX9vTn4WcL8sYbaA';

finds(
  'Kafka',
  [
    [
      'the address of a broker that is not there',
      (draft) => draft.container.env.push({ name: 'BROKER', value: 'kafka://kavka:9092' }),
      'Deployment/mlops-web/web: spec.template.spec.containers.0.env.2.value has the address kavka, which leads to no Service (add Service kavka to mlops-web or correct the address)',
    ],
    [
      'more than an identity where that belongs',
      (draft) => draft.add(40, 'v1 Secret mlops-web/kraft', { stringData: { 'kraft-cluster-id': 'a b' } }),
      'Secret/mlops-web/kraft: kraft-cluster-id is more than the identity of a cluster (write that alone)',
    ],
  ],
  [kafka],
);

accepts(
  'Kafka',
  [
    [
      'the identity of the cluster, in a variable and in the Secret of the original chart',
      (draft) => {
        draft.container.env.push({ name: 'CLUSTER_ID', value: identity });
        draft.add(40, 'v1 Secret mlops-web/kraft', { stringData: { 'kraft-cluster-id': identity } });
      },
    ],
  ],
  [kafka],
);
