import { k8s } from 'cdk8s-plus-27';
import type { ServiceChart } from './service-chart';

/** Most bytes in one ConfigMap: `kubectl apply` keeps a copy as JSON, in which they are more, in 262,144. */
const mostBytes = 128 * 1024;

/**
 * Adds the files that a program reads from one folder, in as many ConfigMaps as their size needs.
 *
 * @param name of the first ConfigMap
 * @param files name → content
 * @returns the volume of that folder
 */
export function addFiles(chart: ServiceChart, name: string, files: Readonly<Record<string, string>>): k8s.Volume {
  const parts: Record<string, string>[] = [];
  let room = 0;
  for (const [file, content] of Object.entries(files)) {
    room -= Buffer.byteLength(content);
    if (room < 0) {
      parts.push({});
      room = mostBytes - Buffer.byteLength(content);
    }
    Object.assign(parts.at(-1) ?? {}, { [file]: content });
  }
  const sources = parts.map((data, index) => {
    const { name: of } = new k8s.KubeConfigMap(chart, `files-${index}`, {
      metadata: { name: index === 0 ? name : `${name}-${index}` },
      data,
    });
    return { configMap: { name: of } };
  });
  return { name: 'files', projected: { sources } };
}

/**
 * On a Job that tells a server about new values of a Secret: the variable with which it leaves the old ones valid, too.
 * `npm run secrets -- rotate` runs such a Job with it before the clients restart, and without it afterwards.
 */
export const bothValidAnnotation = 'mlops-infra/both-valid-with';

/**
 * Adds a Job that runs a small idempotent program to its end. Its restarts survive a service that starts late: the
 * kubelet restarts the container with growing pauses, up to 20 times.
 *
 * @param name of the Job
 * @param pod what runs; `restartPolicy` is set here
 * @param annotations of the Job
 */
export function addProgramJob(
  chart: ServiceChart,
  name: string,
  pod: k8s.PodSpec,
  annotations?: Record<string, string>,
): void {
  new k8s.KubeJob(chart, 'job', {
    metadata: { name, annotations },
    spec: { backoffLimit: 20, template: { metadata: {}, spec: { restartPolicy: 'OnFailure', ...pod } } },
  });
}
