import { KafkaExporter, type KafkaExporterProps } from '../../../charts/kafka/exporter';
import { completeConfig } from '../../support/complete-config';
import { kafka } from '../../support/neighbours';
import { testSnapshots } from '../../support/service';

describe("Kafka's exporter with every option set", () => {
  testSnapshots((app, cluster) => {
    const size = completeConfig.sizes.kafkaExporter;
    const props: Required<KafkaExporterProps> = { cluster, namespace: 'stream', size, kafka, brokers: 3 };
    return new KafkaExporter(app, 'kafka-exporter', props);
  });
});
