import { k8s } from 'cdk8s-plus-27';
import type { ServiceChart } from './service-chart';

/**
 * Adds a Job that runs a small idempotent program to its end. Its restarts survive a service that starts late: the
 * kubelet restarts the container with growing pauses, up to 20 times.
 *
 * @param name of the Job
 * @param pod what runs; `restartPolicy` is set here
 */
export function addProgramJob(chart: ServiceChart, name: string, pod: k8s.PodSpec): void {
  new k8s.KubeJob(chart, 'job', {
    metadata: { name },
    spec: { backoffLimit: 20, template: { metadata: {}, spec: { restartPolicy: 'OnFailure', ...pod } } },
  });
}
