import { z } from 'zod';
import { annotations } from '../metadata';
import { dnsName, host, nodePort } from '../primitives';

/** What a service without a login asks of whoever opens it to the outside. */
export const openToAnyone = {
  /**
   * Says that you know: the service has no login, so whoever reaches the address can read and change all that it has. An
   * ingress or a balancer that asks for a login counts as none.
   * @example true
   */
  withoutLogin: z.literal(true, {
    error:
      'must be true, since the service has no login: whoever reaches it can read and change all that it has (write true if you accept that, or leave the exposure out)',
  }),
};

/**
 * How clients outside the cluster reach an HTTP service that asks for a login: one of four ways.
 *
 * @param defaultNodePort port of the exposure `nodePort` where the user writes none
 */
export const httpExposure = (defaultNodePort: number) =>
  exposure(defaultNodePort, {}, {}).prefault({ type: 'cluster' });

/** The same for a service that asks for none. */
export const openHttpExposure = (defaultNodePort: number) =>
  exposure(defaultNodePort, openToAnyone, {}).prefault({ type: 'cluster' });

/** The same for what is there to be reached, and can speak HTTPS itself. */
export const entrance = (defaultNodePort: number) =>
  exposure(defaultNodePort, {}, ownTls).prefault({ type: 'nodePort' });

export const ownTls = {
  /**
   * Name of a kubernetes.io/tls Secret in the service's namespace, created by you or by cert-manager. With one, there is no
   * plain HTTP: a load balancer's port 80 answers with a redirect.
   * @default plain HTTP
   * @example 'models-tls'
   */
  tlsSecret: dnsName('models-tls').optional(),
  /**
   * Whether clients, too, must show a certificate, signed by that in the key `ca.crt` of the Secret.
   * @default false
   * @example true
   */
  clientCertificates: z.boolean({ error: 'must be true or false' }).default(false),
};

/**
 * @param rest keys of each way that leads in from outside
 * @param direct keys of those that lead to the service itself
 */
const exposure = <Rest extends z.ZodRawShape, Direct extends z.ZodRawShape>(
  defaultNodePort: number,
  rest: Rest,
  direct: Direct,
) =>
  z.discriminatedUnion('type', [
    z.strictObject({
      /** Not reachable from outside, except by `kubectl port-forward`. */
      type: z.literal('cluster'),
    }),
    z.strictObject({
      /** A port on every node. */
      type: z.literal('nodePort'),
      /**
       * Port number from 30000 to 32767, unique in the config.
       * @default a port of the service's own, listed in docs/configuration.md
       * @example 30500
       */
      port: nodePort(defaultNodePort).default(defaultNodePort),
      ...direct,
      ...rest,
    }),
    z.strictObject({
      /** A Service of type LoadBalancer, which gets its address from the cloud or from MetalLB. */
      type: z.literal('loadBalancer'),
      /**
       * Address of the load balancer, as browsers use it.
       * @default cluster.externalHost
       * @example 'mlflow.example.org'
       */
      host: host('mlflow.example.org').optional(),
      /**
       * Annotations on the Service, for the cloud's controller.
       * @default {}
       * @example { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' }
       */
      annotations: annotations.default({}),
      ...direct,
      ...rest,
    }),
    z.strictObject({
      /** An Ingress with its own host name. */
      type: z.literal('ingress'),
      /**
       * Host name, unique in the config.
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
       * Name of a kubernetes.io/tls Secret in the service's namespace, created by you or by cert-manager.
       * @default plain HTTP
       * @example 'mlflow-tls'
       */
      tlsSecret: dnsName('mlflow-tls').optional(),
      /**
       * Annotations on the Ingress, for its controller or cert-manager.
       * @default {}
       * @example { 'cert-manager.io/cluster-issuer': 'letsencrypt' }
       */
      annotations: annotations.default({}),
      ...rest,
    }),
  ]);

export type HttpExposure = z.output<ReturnType<typeof httpExposure | typeof openHttpExposure | typeof entrance>>;

/** How a service speaks HTTPS itself. */
export interface OwnTls {
  /** Name of the Secret with its certificate. */
  readonly secret: string;
  /** Whether clients must show one, too. */
  readonly clientCertificates: boolean;
}

/** How a service speaks HTTPS itself; undefined where it speaks plain HTTP, be it behind an Ingress that does not. */
export const ownTlsOf = (keys: HttpExposure | z.output<z.ZodObject<typeof ownTls>>): OwnTls | undefined =>
  'clientCertificates' in keys && keys.tlsSecret !== undefined
    ? { secret: keys.tlsSecret, clientCertificates: keys.clientCertificates }
    : undefined;
