import { Kafka, type KafkaProps } from '../../../charts/kafka/kafka';
import { completeConfig } from '../../support/complete-config';
import { testSnapshots } from '../../support/service';

const props: Omit<Required<KafkaProps>, 'cluster' | 'expose'> = {
  namespace: 'stream',
  size: completeConfig.sizes.kafka,
  ownNodes: true,
  replicationFactor: 3,
};

describe('Kafka with every option set, reached by node ports', () => {
  testSnapshots((app, cluster) => {
    const ports = { bootstrapPort: 31092, brokerPorts: [31101, 31102, 31103] };
    return new Kafka(app, 'kafka', { ...props, cluster, expose: { type: 'nodePort', ...ports, withoutLogin: true } });
  });
});

describe('Kafka reached by load balancers', () => {
  testSnapshots((app, cluster) => {
    const brokerHosts = ['k0.example.org', 'k1.example.org', 'k2.example.org'];
    const annotations = { 'example.org/pool': 'public' };
    const expose = { type: 'loadBalancer', brokerHosts, annotations, withoutLogin: true } as const;
    return new Kafka(app, 'kafka', { ...props, cluster, expose });
  });
});
