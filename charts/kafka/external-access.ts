import type { KafkaValues } from '../../imports/kafka';
import { Endpoint } from '../../lib/graph/endpoint';
import type { Values } from '../../lib/helm/values';
import { brokerPorts, type KafkaExposure } from './exposure';

/**
 * Port of each broker's load balancer: the Helm chart's default, `externalAccess.controller.service.ports.external`.
 */
const balancerPort = 9094;

/**
 * Bootstrap addresses for clients outside the cluster, as `host:port`.
 *
 * @param externalHost address at which they reach the nodes
 */
export function bootstrapAddresses(expose: KafkaExposure, externalHost: string): string[] {
  const address = (host: string, port: number): string => new Endpoint(host, port, 'kafka').authority;
  switch (expose.type) {
    case 'nodePort':
      return [address(externalHost, expose.bootstrapPort)];
    case 'loadBalancer':
      return expose.brokerHosts.map((host) => address(host, balancerPort));
    case 'cluster':
      return [];
  }
}

/**
 * The Helm values by which clients outside the cluster reach each broker.
 *
 * @param externalHost address at which they reach the nodes
 */
export function externalAccess(
  expose: KafkaExposure,
  externalHost: string,
  brokers: number,
): Pick<Values<KafkaValues>, 'externalAccess'> {
  switch (expose.type) {
    case 'nodePort':
      return {
        externalAccess: {
          enabled: true,
          controller: {
            service: {
              type: 'NodePort',
              domain: externalHost,
              nodePorts: brokerPorts(expose, brokers),
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
