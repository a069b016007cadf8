import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { brokerPorts, type KafkaExposure } from './exposure';
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

export interface KafkaProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  /** Whether brokers that find no node of their own wait, so that a node's failure never takes two of them. */
  readonly ownNodes: boolean;
  readonly expose: KafkaExposure;
  /** Copies of each partition of a topic that does not say otherwise. */
  readonly replicationFactor: number;
}

/** Brokers of the platform, or those of the user. */
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

/** Brokers, in KRaft mode, that carry prediction requests to the drift detectors. */
export class Kafka extends ServiceChart {
  readonly connection: KafkaConnection;

  constructor(scope: Construct, id: string, props: KafkaProps) {
    const { cluster, namespace } = props;
    super(scope, id, { wave: Wave.Data, namespace });
    new HelmRelease(this, 'release', {
      ...cluster.charts.release('kafka', helmValues(toJson_KafkaValues, kafkaValues(props))),
      releaseName: 'kafka',
    });
    this.addBootstrapService(props.expose);
    addresses(props).forEach((url, index) => new PublicAddress(this, `address-${index}`, 'Kafka', url));
    const endpoint = Endpoint.ofService({
      name: 'kafka',
      namespace,
      domain: cluster.domain,
      port: 9092,
      scheme: 'kafka',
    });
    this.connection = { bootstrapServers: endpoint.authority, endpoints: [endpoint] };
    this.uses(
      'kafka-controller',
      Endpoint.ofService({
        name: 'kafka-controller-headless',
        namespace,
        domain: cluster.domain,
        port: 9093,
        scheme: 'kafka',
      }),
      'the quorum of the controllers',
    );
  }

  /**
   * Where clients outside the cluster begin. The Helm chart would publish the port for clients inside on the nodes as well,
   * at any free node port: it might be the one that another Service asks for by number.
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

/** Port of the balancer of each broker: the default of the Helm chart, `externalAccess.controller.service.ports.external`. */
const balancerPort = 9094;

/** Where clients outside the cluster begin, as `host:port`. */
function addresses({ cluster, expose }: KafkaProps): string[] {
  const address = (host: string, port: number): string => new Endpoint(host, port, 'kafka').authority;
  switch (expose.type) {
    case 'nodePort':
      return [address(cluster.externalHost, expose.bootstrapPort)];
    case 'loadBalancer':
      return expose.brokerHosts.map((host) => address(host, balancerPort));
    case 'cluster':
      return [];
  }
}

/** Of the brokers, in either Helm chart. */
const podLabels = {
  'app.kubernetes.io/name': 'kafka',
  'app.kubernetes.io/instance': 'kafka',
  'app.kubernetes.io/part-of': 'kafka',
};

function kafkaValues(props: KafkaProps): Values<KafkaValues> {
  const { cluster, size, ownNodes, replicationFactor } = props;
  const plaintext = { protocol: 'PLAINTEXT' } as const;
  return {
    image: cluster.images.get('kafka'),
    clusterDomain: cluster.domain,
    kraft: { clusterId: clusterId(cluster.platform) },
    listeners: { client: plaintext, controller: plaintext, interbroker: plaintext, external: plaintext },
    extraConfig: [
      // Kafka's own defaults of 3 keep a single broker from ever making its internal topics.
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
      // A heap of half the memory leaves the other half to the page cache, which Kafka lives on.
      heapOpts: '-XX:InitialRAMPercentage=50 -XX:MaxRAMPercentage=50',
      resources: resourceValues(size),
      persistence: { size: size.disk, storageClass: cluster.storageClass },
    },
    ...exposureValues(props),
  };
}

function exposureValues({ cluster, expose, size }: KafkaProps): Pick<Values<KafkaValues>, 'externalAccess'> {
  switch (expose.type) {
    case 'nodePort':
      return {
        externalAccess: {
          enabled: true,
          controller: {
            service: {
              type: 'NodePort',
              domain: cluster.externalHost,
              nodePorts: brokerPorts(expose, size.replicas),
            },
          },
        },
      };
    case 'loadBalancer':
      return {
        externalAccess: {
          enabled: true,
          controller: {
            service: {
              type: 'LoadBalancer',
              loadBalancerNames: expose.brokerHosts,
              ...(Object.keys(expose.annotations).length === 0
                ? {}
                : { loadBalancerAnnotations: expose.brokerHosts.map(() => expose.annotations) }),
            },
          },
        },
      };
    case 'cluster':
      return {};
  }
}

/**
 * Identity of the Kafka cluster: 16 bytes in URL-safe base64, as `kafka-storage random-uuid` prints it. Made from the
 * platform's name so that every synthesis gives the same one: brokers refuse disks that were formatted with another.
 */
export function clusterId(platform: string): string {
  for (let attempt = 0; ; attempt += 1) {
    const digest = createHash('sha256').update(`kafka:${platform}:${attempt}`).digest();
    const id = digest.subarray(0, 16).toString('base64url');
    if (!id.startsWith('-')) return id; // A leading hyphen would be read as an option on a command line.
  }
}
