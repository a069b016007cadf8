import { z } from 'zod';
import { annotations, dnsName, host, nodePort } from '../primitives';

const loadBalancerAnnotations = annotations.default({});

/**
 * How an HTTP service is reached from outside the cluster: one of four ways.
 *
 * @param defaultNodePort the node port of exposure `nodePort` where the user writes none
 * @param defaultExposure what a user who writes nothing gets
 */
export const httpExposure = (
  defaultNodePort: number,
  defaultExposure: { type: 'nodePort' | 'cluster' } = { type: 'nodePort' },
) =>
  z
    .discriminatedUnion('type', [
      z.strictObject({
        /** A port on every node. */
        type: z.literal('nodePort'),
        /**
         * From 30000 to 32767, used once in the whole config.
         * @default MLflow 30500, Prefect 30420, MinIO 30900, its console 30901, Istio 30080, Prometheus 30090,
         * Alertmanager 30903, Grafana 30300
         * @example 30500
         */
        port: nodePort(defaultNodePort).default(defaultNodePort),
      }),
      z.strictObject({
        /** A Service of type LoadBalancer: the cloud, or MetalLB, gives it an address. */
        type: z.literal('loadBalancer'),
        /**
         * Address that the balancer gets, as browsers spell it.
         * @default cluster.externalHost
         * @example 'mlflow.example.org'
         */
        host: host('mlflow.example.org').optional(),
        /**
         * For the cloud's controller, on the Service.
         * @default {}
         * @example { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' }
         */
        annotations: loadBalancerAnnotations,
      }),
      z.strictObject({
        /** An Ingress for a host name of its own. */
        type: z.literal('ingress'),
        /**
         * The host name, used once in the whole config.
         * @example 'mlflow.example.org'
         */
        host: dnsName('mlflow.example.org'),
        /**
         * Name of the IngressClass.
         * @default the cluster's default class
         * @example 'nginx'
         */
        className: dnsName('nginx').optional(),
        /**
         * Secret of type kubernetes.io/tls in the service's namespace, made by you or by cert-manager.
         * @default plain HTTP
         * @example 'mlflow-tls'
         */
        tlsSecret: dnsName('mlflow-tls').optional(),
        /**
         * For the ingress controller or cert-manager, on the Ingress.
         * @default {}
         * @example { 'cert-manager.io/cluster-issuer': 'letsencrypt' }
         */
        annotations: annotations.default({}),
      }),
      z.strictObject({
        /** Not at all: `kubectl port-forward` reaches it. */
        type: z.literal('cluster'),
      }),
    ])
    .prefault(defaultExposure);

/** How clients outside the cluster reach Kafka: each broker needs an address of its own. */
export const kafkaExposure = z
  .discriminatedUnion('type', [
    z.strictObject({
      /** Ports on every node: one for all brokers, and one for each of them. */
      type: z.literal('nodePort'),
      /**
       * Any broker: where a client begins. From 30000 to 32767.
       * @default 30092
       * @example 30092
       */
      bootstrapPort: nodePort(30092).default(30092),
      /**
       * One for each broker. From 30000 to 32767.
       * @default those that follow the bootstrap port
       * @example [30093, 30094, 30095]
       */
      brokerPorts: z.array(nodePort(30093)).optional(),
    }),
    z.strictObject({
      /** A Service of type LoadBalancer for each broker. */
      type: z.literal('loadBalancer'),
      /**
       * Address that each broker's balancer gets: clients are sent there, so it must be known beforehand.
       * @example ['kafka-0.example.org', 'kafka-1.example.org', 'kafka-2.example.org']
       */
      brokerHosts: z.array(host('kafka-0.example.org'), {
        error: 'must be a list with a host for each broker (write e.g. ["kafka-0.example.org"])',
      }),
      /**
       * For the cloud's controller, on each Service.
       * @default {}
       * @example { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' }
       */
      annotations: loadBalancerAnnotations,
    }),
    z.strictObject({
      /** Not at all: only pods of the cluster reach it. */
      type: z.literal('cluster'),
    }),
  ])
  .prefault({ type: 'nodePort' });
