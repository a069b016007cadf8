import type { Construct } from 'constructs';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { Gateway } from '../../imports/networking.istio.io';
import type { IngressGateway } from '../istio/istio';

export interface SeldonGatewayProps {
  readonly ingressGateway: IngressGateway;
}

/** The Istio Gateway of the routes of all models. */
export class SeldonGateway extends ServiceChart {
  /** `namespace/name`, in the format of Seldon's operator. */
  readonly reference: string;

  constructor(scope: Construct, id: string, { ingressGateway }: SeldonGatewayProps) {
    super(scope, id, { wave: Wave.Consumers, namespace: ingressGateway.namespace });
    const gateway = new Gateway(this, 'gateway', {
      metadata: { name: 'seldon-gateway' },
      spec: {
        selector: ingressGateway.selector,
        servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      },
    });
    this.reference = `${ingressGateway.namespace}/${gateway.name}`;
  }
}
