import type { PlatformConfig } from '../lib/config/parse';
import type { HttpExposure, KafkaExposure } from '../lib/config/schema';
import { Endpoint } from '../lib/graph/endpoint';
import { publicEndpoint } from '../lib/graph/exposure';

/** Something that a person opens or a client connects to. */
export interface Address {
  readonly service: string;
  readonly url: string;
}

/** Every address that the platform publishes outside the cluster. */
export function publicAddresses(config: PlatformConfig): Address[] {
  const { services, cluster, models, namespacePrefix } = config;
  const { mlflow, prefect, prometheus, grafana, minio, istio, kafka } = services;
  const http = (service: string, exposure: HttpExposure, port: number): Address[] => {
    const endpoint = publicEndpoint(exposure, cluster.externalHost, port);
    return endpoint === undefined ? [] : [{ service, url: endpoint.url('/') }];
  };
  const ingress =
    istio === false
      ? undefined
      : istio.external === undefined
        ? publicEndpoint(istio.expose, cluster.externalHost, 80)
        : Endpoint.ofUrl(istio.external.url);
  return [
    ...(mlflow === false ? [] : http('MLflow', mlflow.expose, 5000)),
    ...(prefect === false ? [] : http('Prefect', prefect.expose, 4200)),
    ...(prometheus === false || prometheus.external !== undefined
      ? []
      : [...http('Prometheus', prometheus.expose, 9090), ...http('Alertmanager', prometheus.alertmanager, 9093)]),
    ...(grafana === false ? [] : http('Grafana', grafana.expose, 3000)),
    ...(minio === false || minio.external !== undefined
      ? []
      : [...http('MinIO console', minio.console, 9001), ...http('MinIO', minio.expose, 9000)]),
    ...(kafka === false || kafka.external !== undefined ? [] : kafkaAddresses(kafka.expose, cluster.externalHost)),
    ...(ingress === undefined
      ? []
      : models.map(({ name, protocol }) => ({
          service: `model ${name}`,
          url: ingress.url(
            `/seldon/${namespacePrefix}-models/${name}/${protocol === 'v1' ? 'api/v1.0/predictions' : `v2/models/${name}/infer`}`,
          ),
        }))),
  ];
}

/** Port of the balancer of each broker: the default of the Helm chart, `externalAccess.controller.service.ports.external`. */
const balancerPort = 9094;

function kafkaAddresses(expose: KafkaExposure, externalHost: string): Address[] {
  const address = (host: string, port: number): Address => ({
    service: 'Kafka',
    url: new Endpoint(host, port, 'kafka').authority,
  });
  switch (expose.type) {
    case 'nodePort':
      return [address(externalHost, expose.bootstrapPort)];
    case 'loadBalancer':
      return expose.brokerHosts.map((host) => address(host, balancerPort));
    case 'cluster':
      return [];
  }
}
