import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { AlertRules } from '../../lib/graph/alert';
import { DashboardRow } from '../../lib/graph/dashboard';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext } from '../context';
import { addExporter } from '../../lib/graph/exporter';
import { kafkaRules } from './alerts';
import type { KafkaConnection } from './connection';
import { kafkaRow } from './dashboard';

export interface KafkaExporterProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  readonly kafka: KafkaConnection;
  /** How many there are when all is well. */
  readonly brokers: number;
}

const name = 'kafka-exporter';

/**
 * Publishes what the brokers tell any client: brokers, partitions, replicas, and the lag of consumer groups. A client, and
 * no Java agent in the brokers, so that it works the same with each source of the Helm chart.
 */
export class KafkaExporter extends ServiceChart {
  constructor(scope: Construct, id: string, { cluster, namespace, size, kafka, brokers }: KafkaExporterProps) {
    super(scope, id, { wave: Wave.Consumers, namespace });
    addExporter(this, {
      name,
      namespace,
      size,
      image: cluster.images.reference('kafkaExporter'),
      // Flags and port: danielqsj/kafka_exporter v1.9.0, kafka_exporter.go. It ends while no broker answers.
      args: [
        ...kafka.endpoints.map(({ authority }) => `--kafka.server=${authority}`),
        // Of the protocol, which every later broker speaks too.
        '--kafka.version=3.5.0',
      ],
      port: 9308,
      livenessPath: '/healthz',
    });
    for (const broker of kafka.endpoints) this.uses(name, broker, 'partitions, replicas and consumer groups');
    new AlertRules(this, 'alerts', () => kafkaRules({ job: name, namespace }, brokers));
    new DashboardRow(this, 'dashboard', kafkaRow);
  }
}
