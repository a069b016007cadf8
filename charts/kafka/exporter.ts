import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { AlertRules } from '../../lib/graph/alert';
import { DashboardRow } from '../../lib/graph/dashboard';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { resources } from '../../lib/kubernetes/pods';
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
  /** Number of brokers when all is well. */
  readonly brokers: number;
}

const name = 'kafka-exporter';

/** Ends as soon as one of its arguments, each `host/port`, accepts a connection. As process 1 it must ask for SIGTERM. */
const waitForBroker = `trap 'exit 143' TERM
until for broker; do timeout 3 bash -c 'exec 3<>"/dev/tcp/$0"' "$broker" 2>/dev/null && break; done; do
  echo "waiting for Kafka at $*"; sleep 2
done
`;

/**
 * Exports what the brokers report to any client: brokers, partitions, replicas and consumer lag. It is a client rather
 * than a Java agent in the brokers, so it works with both sources of the Helm chart.
 */
export class KafkaExporter extends ServiceChart {
  constructor(scope: Construct, id: string, { cluster, namespace, size, kafka, brokers }: KafkaExporterProps) {
    super(scope, id, { wave: Wave.Consumers, namespace });
    addExporter(this, {
      name,
      namespace,
      size,
      image: cluster.images.reference('kafkaExporter'),
      // Flags and port: danielqsj/kafka_exporter v1.9.0, kafka_exporter.go. It ends if no broker answers when it starts.
      args: [
        ...kafka.endpoints.map(({ authority }) => `--kafka.server=${authority}`),
        // Protocol version, which later brokers also speak.
        '--kafka.version=3.5.0',
      ],
      port: 9308,
      healthPath: '/healthz',
      user: 65534, // `nobody` of quay.io/prometheus/busybox, on which the image is based.
      initContainer: {
        name: 'broker',
        image: cluster.images.reference('kafka'), // It has a bash, whose redirections open connections.
        command: ['bash', '-c', waitForBroker, 'bash', ...kafka.endpoints.map(({ host, port }) => `${host}/${port}`)],
        resources: resources(size),
      },
    });
    for (const broker of kafka.endpoints)
      this.uses(`Deployment/${name}`, broker, 'partitions, replicas and consumer groups');
    new AlertRules(this, 'alerts', () => kafkaRules({ job: name, namespace }, brokers));
    new DashboardRow(this, 'dashboard', kafkaRow);
  }
}
