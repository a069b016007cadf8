import { k8s } from 'cdk8s-plus-27';
import type { ComponentSize } from '../config/sizes';
import { httpProbe, resources, tokenlessPod } from '../kubernetes/pods';
import { Monitored, type MonitorTarget } from './monitor';
import type { ServiceChart } from './service-chart';

export interface ExporterProps {
  /** Name of all its objects. */
  readonly name: string;
  readonly namespace: string;
  readonly size: ComponentSize;
  readonly image: string;
  readonly port: number;
  /** Path that answers while the exporter runs, whatever the state of what it exports. */
  readonly healthPath: string;
  /** ID of the user in the image. */
  readonly user: number;
  readonly args?: string[];
  readonly env?: k8s.EnvVar[];
  /** Prepares what the exporter reads. @default none */
  readonly initContainer?: k8s.Container;
}

/** Adds a program that queries a service and exports the answers as metrics. */
export function addExporter(chart: ServiceChart, props: ExporterProps): MonitorTarget {
  const { name, namespace, size, image, port, healthPath, user, args, env, initContainer } = props;
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'metrics' };
  new k8s.KubeServiceAccount(chart, `${name}-service-account`, {
    metadata: { name },
    automountServiceAccountToken: false,
  });
  new k8s.KubeDeployment(chart, name, {
    metadata: { name, labels },
    spec: {
      replicas: size.replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...tokenlessPod(name, user),
          initContainers: initContainer === undefined ? undefined : [initContainer],
          containers: [
            {
              name: 'exporter',
              image,
              args,
              env,
              ports: [{ name: 'metrics', containerPort: port }],
              readinessProbe: httpProbe(healthPath, port, { periodSeconds: 10, timeoutSeconds: 5 }),
              livenessProbe: httpProbe(healthPath, port, {
                periodSeconds: 20,
                timeoutSeconds: 5,
                failureThreshold: 6,
              }),
              resources: resources(size),
            },
          ],
        },
      },
    },
  });
  new k8s.KubeService(chart, `${name}-service`, {
    metadata: { name, labels },
    spec: { selector: labels, ports: [{ name: 'metrics', port, targetPort: k8s.IntOrString.fromString('metrics') }] },
  });
  const target = { name, select: 'service', labels, namespace, port: 'metrics', path: '/metrics' } as const;
  new Monitored(chart, 'metrics', target);
  return target;
}
