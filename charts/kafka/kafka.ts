import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import { toJson_KafkaValues, type KafkaValues } from '../../imports/kafka';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues, type Values } from '../../lib/helm/values';
import { Endpoint } from '../../lib/graph/endpoint';
import { PublicAddress } from '../../lib/graph/exposure';
import { apart, resourceValues } from '../../lib/kubernetes/pods';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext, PlatformContext } from '../context';
import type { KafkaConnection } from './connection';
import { KafkaExporter } from './exporter';
import type { KafkaExposure } from './exposure';
import { bootstrapAddresses, externalAccess } from './external-access';

export interface KafkaProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  /**
   * Whether each broker requires a node of its own. Brokers without one stay pending, so that the loss of a node never
   * takes two of them.
   */
  readonly ownNodes: boolean;
  readonly expose: KafkaExposure;
  /** Copies of each partition, for topics that do not set their own number. */
  readonly replicationFactor: number;
}

/** Adds the platform's Kafka, or returns the connection to the user's. */
export function addKafka({ app, config, cluster, namespaces }: PlatformContext): KafkaConnection | undefined {
  const { kafka, prometheus } = config.services;
  if (kafka === false) return undefined;
  if (kafka.external !== undefined) {
    const { bootstrapServers } = kafka.external;
    const endpoints = bootstrapServers.map((server) => {
      const [host = '', port] = server.split(':');
      return new Endpoint(host, Number(port), 'kafka');
    });
    return { bootstrapServers: bootstrapServers.join(','), endpoints };
  }
  const size = config.sizes.kafka;
  const namespace = namespaces.get('kafka');
  const { connection } = new Kafka(app, 'kafka', {
    cluster,
    namespace,
    size,
    ownNodes: config.profile === 'production',
    expose: kafka.expose,
    replicationFactor: kafka.replicationFactor ?? Math.min(3, size.replicas),
  });
  if (prometheus !== false) {
    const exporter = { size: config.sizes.kafkaExporter, kafka: connection, brokers: size.replicas };
    new KafkaExporter(app, 'kafka-exporter', { cluster, namespace, ...exporter });
  }
  return connection;
}

/** Brokers in KRaft mode, which carry prediction requests to the drift detectors. */
export class Kafka extends ServiceChart {
  readonly connection: KafkaConnection;

  constructor(scope: Construct, id: string, props: KafkaProps) {
    const { cluster, namespace } = props;
    super(scope, id, { wave: Wave.Data, namespace });
    new HelmRelease(this, 'release', {
      ...cluster.charts.release('kafka', helmValues(toJson_KafkaValues, kafkaValues(props)), originalKafkaValues),
      releaseName: 'kafka',
    });
    this.addBootstrapService(props.expose);
    bootstrapAddresses(props.expose, cluster.externalHost).forEach(
      (url, index) => new PublicAddress(this, `address-${index}`, { service: 'Kafka', url, withoutLogin: true }),
    );
    const endpoint = Endpoint.ofService({
      name: 'kafka',
      namespace,
      domain: cluster.domain,
      port: 9092,
      scheme: 'kafka',
    });
    this.connection = { bootstrapServers: endpoint.authority, endpoints: [endpoint] };
    this.offers('kafka', endpoint);
    const brokers = { name: 'kafka-controller-headless', namespace, domain: cluster.domain, scheme: 'kafka' };
    const broker = 'StatefulSet/kafka-controller';
    this.uses(broker, Endpoint.ofService({ ...brokers, port: 9093 }), 'the quorum of the controllers');
    this.uses(broker, Endpoint.ofService({ ...brokers, port: 9094 }), 'copies of the messages');
  }

  /**
   * The Service that clients outside the cluster bootstrap from. The Helm chart's own one would also expose the
   * internal port on a random node port, perhaps one that another Service requests by number.
   */
  private addBootstrapService(expose: KafkaExposure): void {
    if (expose.type !== 'nodePort') return;
    new k8s.KubeService(this, 'bootstrap', {
      metadata: { name: 'kafka-external' },
      spec: {
        type: 'NodePort',
        selector: podLabels,
        ports: [
          {
            name: 'tcp-kafka',
            port: 9095,
            targetPort: k8s.IntOrString.fromString('external'),
            nodePort: expose.bootstrapPort,
          },
        ],
      },
    });
  }
}

/** Labels of the brokers in both Helm charts. */
const podLabels = {
  'app.kubernetes.io/name': 'kafka',
  'app.kubernetes.io/instance': 'kafka',
  'app.kubernetes.io/part-of': 'kafka',
};

/** The original chart asks for what no other pod gets: a variable for each Service around it. */
const originalKafkaValues = { controller: { enableServiceLinks: false } };

function kafkaValues(props: KafkaProps): Values<KafkaValues> {
  const { cluster, size, ownNodes, replicationFactor } = props;
  const plaintext = { protocol: 'PLAINTEXT' } as const;
  return {
    image: cluster.images.get('kafka'),
    clusterDomain: cluster.domain,
    kraft: { clusterId: clusterId(cluster.platform) },
    listeners: { client: plaintext, controller: plaintext, interbroker: plaintext, external: plaintext },
    extraConfig: [
      // With Kafka's default of 3, a single broker could never create its internal topics.
      `default.replication.factor=${replicationFactor}`,
      `offsets.topic.replication.factor=${replicationFactor}`,
      `transaction.state.log.replication.factor=${replicationFactor}`,
      `transaction.state.log.min.isr=${Math.max(1, replicationFactor - 1)}`,
      `min.insync.replicas=${Math.max(1, replicationFactor - 1)}`,
    ].join('\n'),
    controller: {
      replicaCount: size.replicas,
      pdb: { create: true },
      ...(ownNodes && size.replicas > 1 ? { affinity: apart(podLabels) } : {}),
      // Half of the memory for the heap leaves the other half for the page cache, which Kafka relies on.
      heapOpts: '-XX:InitialRAMPercentage=50 -XX:MaxRAMPercentage=50',
      resources: resourceValues(size),
      persistence: { size: size.disk, storageClass: cluster.storageClass },
    },
    ...externalAccess(props.expose, cluster.externalHost, size.replicas),
  };
}

/**
 * ID of the Kafka cluster: 16 bytes in URL-safe base64, in the format of `kafka-storage random-uuid`. It is derived
 * from the platform's name, so that it never changes: brokers refuse disks that were formatted with another ID.
 */
function clusterId(platform: string): string {
  for (let attempt = 0; ; attempt += 1) {
    const digest = createHash('sha256').update(`kafka:${platform}:${attempt}`).digest();
    const id = digest.subarray(0, 16).toString('base64url');
    if (!id.startsWith('-')) return id; // Command lines would read a leading hyphen as an option.
  }
}
