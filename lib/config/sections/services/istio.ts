import { z } from 'zod';
import { dnsLabel, httpUrl, labels } from '../../primitives';
import { httpExposure } from '../exposure';
import { service } from './service';

export const istio = service({
  /**
   * How clients outside the cluster reach the models.
   * @default a node port
   * @example { type: 'loadBalancer' }
   */
  expose: httpExposure(30080),
  /**
   * A gateway for what leaves the mesh.
   * @default false
   * @example true
   */
  egressGateway: z.boolean({ error: 'must be true or false' }).default(false),
  /**
   * An Istio of your own.
   * @default Istio is installed
   */
  external: z
    .strictObject({
      /**
       * Namespace of the pods of its ingress gateway.
       * @default 'istio-system'
       * @example 'istio-ingress'
       */
      namespace: dnsLabel('istio-ingress').default('istio-system'),
      /**
       * Labels of the pods of its ingress gateway.
       * @default { istio: 'ingressgateway' }
       * @example { istio: 'ingressgateway' }
       */
      gatewaySelector: labels.default({ istio: 'ingressgateway' }),
      /**
       * Where that gateway is reached from outside.
       * @example 'https://models.example.org'
       */
      url: httpUrl('https://models.example.org'),
    })
    .optional(),
});
