import type { Construct } from 'constructs';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { Gateway, GatewaySpecServersTlsMode, type GatewaySpecServers } from '../../imports/networking.istio.io';
import type { OwnTls } from '../../lib/config/sections/exposure';
import type { IngressGateway } from '../istio/istio';

export interface SeldonGatewayProps {
  readonly ingressGateway: IngressGateway;
  /** The only namespace whose routes it takes: any other could take the requests of a model. */
  readonly modelNamespace: string;
}

/** The Istio Gateway of the routes of all models. */
export class SeldonGateway extends ServiceChart {
  /** `namespace/name`, in the format of Seldon's operator. */
  readonly reference: string;

  constructor(scope: Construct, id: string, { ingressGateway, modelNamespace }: SeldonGatewayProps) {
    super(scope, id, { wave: Wave.Consumers, namespace: ingressGateway.namespace });
    const gateway = new Gateway(this, 'gateway', {
      metadata: { name: 'seldon-gateway' },
      spec: {
        selector: ingressGateway.selector,
        servers: serversOf(ingressGateway.tls, [`${modelNamespace}/*`]),
      },
    });
    this.reference = `${ingressGateway.namespace}/${gateway.name}`;
  }
}

/** Plain HTTP; or HTTPS, at which the gateway accepts TLS 1.2 and newer, and plain HTTP that leads there. */
function serversOf(own: OwnTls | undefined, hosts: string[]): GatewaySpecServers[] {
  const http = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts };
  if (own === undefined) return [http];
  const { SIMPLE, MUTUAL } = GatewaySpecServersTlsMode;
  const tls = { mode: own.clientCertificates ? MUTUAL : SIMPLE, credentialName: own.secret };
  const https = { port: { number: 443, name: 'https', protocol: 'HTTPS' }, tls, hosts };
  return [https, { ...http, tls: { httpsRedirect: true } }];
}
