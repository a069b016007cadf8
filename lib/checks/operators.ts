import type { KubernetesObject } from '../kubernetes/object';
import type { Pod } from './pods';
import type { Labels } from './selection';
import type { Service } from './service';
import type { Workload } from './pods';

/** What an operator makes of a custom resource, as far as others find it by labels, names and ports. */
export interface Made {
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
}

/** What the operators of the platform make of an object; undefined for an object that no operator acts on. */
export function madeOf(object: KubernetesObject): Made | undefined {
  switch (`${object.apiVersion}/${object.kind}`) {
    case 'monitoring.coreos.com/v1/Prometheus':
      return server(object, 'prometheus', 9090);
    case 'monitoring.coreos.com/v1/Alertmanager':
      return server(object, 'alertmanager', 9093);
    case 'machinelearning.seldon.io/v1/SeldonDeployment':
      return seldonDeployment(object);
    default:
      return undefined;
  }
}

/** Labels, ports and governing Service: prometheus-operator v0.62.0, pkg/{prometheus,alertmanager}/statefulset.go. */
function server(object: KubernetesObject, kind: 'prometheus' | 'alertmanager', port: number): Made {
  const { name, namespace = '' } = object.metadata;
  const { portName = 'web', podMetadata } = object.spec as {
    readonly portName?: string;
    readonly podMetadata?: { readonly labels?: Labels };
  };
  const labels = {
    ...podMetadata?.labels,
    'app.kubernetes.io/name': kind,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    'app.kubernetes.io/instance': name,
    [kind]: name,
    ...(kind === 'prometheus' ? { 'operator.prometheus.io/name': name, 'operator.prometheus.io/shard': '0' } : {}),
  };
  const ports = [
    { name: portName, containerPort: port },
    { name: 'reloader-web', containerPort: 8080 },
    ...(kind === 'alertmanager' ? [{ containerPort: 9094 }] : []),
  ];
  const governing: Service = {
    name: `${kind}-operated`,
    namespace,
    labels: { [`operated-${kind}`]: 'true' },
    ports: [{ name: portName, port, targetPort: portName }],
    headless: true,
    selector: { matchLabels: { 'app.kubernetes.io/name': kind } },
  };
  return { pods: [{ owner: object, namespace, labels, ports }], services: [governing] };
}

/** seldon-core 1.16.0, operator/controllers/{seldondeployment_controller,seldondeployment_engine,labels}.go. */
function seldonDeployment(object: KubernetesObject): Made {
  const { name, namespace = '' } = object.metadata;
  const { predictors = [] } = object.spec as {
    readonly predictors?: readonly { readonly name: string; readonly labels?: Labels }[];
  };
  const made = predictors.map((predictor) => {
    const app = `${name}-${predictor.name}`;
    const labels = {
      ...predictor.labels,
      'seldon-deployment-id': name,
      'seldon-app': app,
      'app.kubernetes.io/managed-by': 'seldon-core',
    };
    const pod: Pod = {
      owner: object,
      namespace,
      labels,
      ports: [
        { name: 'http', containerPort: 8000 },
        { name: 'metrics', containerPort: 8000 },
        { name: 'grpc', containerPort: 5001 },
      ],
    };
    const service: Service = {
      name: app,
      namespace,
      labels,
      ports: [
        { name: 'http', port: 8000 },
        { name: 'grpc', port: 5001 },
      ],
      headless: false,
      selector: { matchLabels: { 'seldon-app': app } },
    };
    return { pod, service };
  });
  return { pods: made.map(({ pod }) => pod), services: made.map(({ service }) => service) };
}

/**
 * The Service that lists every kubelet, which the Prometheus operator keeps where a flag tells it to
 * (prometheus-operator v0.62.0, pkg/prometheus/operator.go, syncNodeEndpoints).
 */
export function kubeletServices({ spec }: Workload): Service[] {
  return spec.containers
    .flatMap(({ args = [] }) => args)
    .flatMap((argument) => {
      const [, namespace, name] = /^--kubelet-service=([^/]+)\/(.+)$/.exec(argument) ?? [];
      if (namespace === undefined || name === undefined) return [];
      return [
        {
          name,
          namespace,
          labels: { 'k8s-app': 'kubelet', 'app.kubernetes.io/name': 'kubelet' },
          ports: [
            { name: 'https-metrics', port: 10250 },
            { name: 'http-metrics', port: 10255 },
            { name: 'cadvisor', port: 4194 },
          ],
          headless: true,
        },
      ];
    });
}
