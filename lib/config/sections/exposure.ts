import { z } from 'zod';
import { annotations, dnsName, host, nodePort } from '../primitives';

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
        annotations: annotations.default({}),
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

export type HttpExposure = z.output<ReturnType<typeof httpExposure>>;
