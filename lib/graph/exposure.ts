import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { HttpExposure } from '../config/schema';
import { Endpoint } from './endpoint';

/** The settings of a Service that its exposure decides. */
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

/** Address for browsers and clients outside the cluster; undefined where the service stays inside. */
export function publicEndpoint(exposure: HttpExposure, externalHost: string, port: number): Endpoint | undefined {
  switch (exposure.type) {
    case 'nodePort':
      return new Endpoint(externalHost, exposure.port, 'http');
    case 'loadBalancer':
      return new Endpoint(exposure.host ?? externalHost, port, 'http');
    case 'ingress':
      return exposure.tlsSecret === undefined
        ? new Endpoint(exposure.host, 80, 'http')
        : new Endpoint(exposure.host, 443, 'https');
    case 'cluster':
      return undefined;
  }
}

/** The Ingress in front of a Service, where the exposure asks for one. */
export function addIngress(scope: Construct, id: string, exposure: HttpExposure, service: string, port: number): void {
  if (exposure.type !== 'ingress') return;
  const { host, className, tlsSecret, annotations } = exposure;
  new k8s.KubeIngress(scope, id, {
    metadata: { name: service, ...nonEmpty(annotations) },
    spec: {
      ingressClassName: className,
      tls: tlsSecret === undefined ? undefined : [{ hosts: [host], secretName: tlsSecret }],
      rules: [
        {
          host,
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: service, port: { number: port } } } }],
          },
        },
      ],
    },
  });
}
