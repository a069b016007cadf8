import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import { ownTlsOf, type HttpExposure } from '../config/sections/exposure';
import { Endpoint } from './endpoint';

/** The settings of a Service that depend on its exposure. */
export interface ServiceSettings {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
  readonly nodePort?: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function serviceSettings(exposure: HttpExposure): ServiceSettings {
  switch (exposure.type) {
    case 'nodePort':
      return { type: 'NodePort', nodePort: exposure.port };
    case 'loadBalancer':
      return { type: 'LoadBalancer', ...nonEmpty(exposure.annotations) };
    case 'ingress':
    case 'cluster':
      return { type: 'ClusterIP' };
  }
}

const nonEmpty = (annotations: Readonly<Record<string, string>>) =>
  Object.keys(annotations).length === 0 ? {} : { annotations };

/** Address for browsers and clients outside the cluster; undefined where the service is not exposed. */
export function publicEndpoint(exposure: HttpExposure, externalHost: string, port: number): Endpoint | undefined {
  const scheme = ownTlsOf(exposure) === undefined ? 'http' : 'https';
  switch (exposure.type) {
    case 'nodePort':
      return new Endpoint(externalHost, exposure.port, scheme);
    case 'loadBalancer':
      return new Endpoint(exposure.host ?? externalHost, scheme === 'https' ? 443 : port, scheme);
    case 'ingress':
      return exposure.tlsSecret === undefined
        ? new Endpoint(exposure.host, 80, 'http')
        : new Endpoint(exposure.host, 443, 'https');
    case 'cluster':
      return undefined;
  }
}

export interface PublicAddressProps {
  /** Title for people. */
  readonly service: string;
  /** A URL, or `host:port` for protocols without a scheme. */
  readonly url: string;
  /** Nobody is asked who he is, though the service would need it. @default false */
  readonly withoutLogin?: boolean;
}

/** Declares an address for browsers and clients outside the cluster. Creates no object by itself. */
export class PublicAddress extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly props: PublicAddressProps,
  ) {
    super(scope, id);
  }

  static allIn(scope: IConstruct): PublicAddress[] {
    return scope.node.findAll().filter((node) => node instanceof PublicAddress);
  }
}

export interface ExposedProps {
  /** Title for people. @default none, for an address that only leads to others */
  readonly title?: string;
  readonly exposure: HttpExposure;
  /** Address at which clients outside the cluster reach the nodes. */
  readonly externalHost: string;
  /** Name of the Service in the chart's namespace. Its chart applies `serviceSettings` to it. */
  readonly service: string;
  readonly port: number;
}

/** A command that leads to a service from its user's own machine. */
export interface PortForward {
  /** Title for people. */
  readonly service: string;
  readonly command: string;
}

/** Exposes a service: declares its public address, and adds the Ingress where the exposure asks for one. */
export class Exposed extends Construct {
  /** Undefined where the service is not exposed. */
  readonly endpoint?: Endpoint;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExposedProps,
  ) {
    super(scope, id);
    const { title, exposure, externalHost, service, port } = props;
    this.endpoint = publicEndpoint(exposure, externalHost, port);
    if (this.endpoint !== undefined && title !== undefined)
      new PublicAddress(this, 'address', {
        ...{ service: title, url: this.endpoint.url('/') },
        withoutLogin: 'withoutLogin' in exposure,
      });
    if (exposure.type !== 'ingress') return;
    const { host, className, tlsSecret, annotations } = exposure;
    new k8s.KubeIngress(this, 'ingress', {
      metadata: { name: service, ...nonEmpty(annotations) },
      spec: {
        ingressClassName: className,
        tls: tlsSecret === undefined ? undefined : [{ hosts: [host], secretName: tlsSecret }],
        rules: [
          {
            host,
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name: service, port: { number: port } } } },
              ],
            },
          },
        ],
      },
    });
  }

  static allIn(scope: IConstruct): Exposed[] {
    return scope.node.findAll().filter((node) => node instanceof Exposed);
  }

  /** The way of a user of the cluster to a service that is not exposed; undefined where it is, or has no title. */
  get portForward(): PortForward | undefined {
    const { title, service, port } = this.props;
    if (this.endpoint !== undefined || title === undefined) return undefined;
    const { namespace = 'default' } = Chart.of(this);
    return { service: title, command: `kubectl -n ${namespace} port-forward service/${service} ${port}` };
  }

  /** Whether a client without a certificate sees that of the service. */
  get showsCertificate(): boolean {
    const { exposure } = this.props;
    return this.endpoint?.scheme === 'https' && ownTlsOf(exposure)?.clientCertificates !== true;
  }

  /** Chart ID and construct ID, such as `minio-console`. */
  get name(): string {
    return `${Chart.of(this).node.id}-${this.node.id}`;
  }
}
