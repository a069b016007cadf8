import type { CheckFacts } from '../../lib/checks/declared';
import type { Workload } from '../../lib/kubernetes/workload';
import type { Service } from '../../lib/kubernetes/kube-service';

/**
 * The operator reads Alertmanager's configuration from a Secret. It may say where alerts go, but hold no field of the
 * types Secret and SecretURL (alertmanager v0.35.0, config/notifiers.go).
 */
const secretField = /(?<=^|[\s{,"'-])(\w*(?:password|secret|token|credentials|_key|url))["']?\s*:\s*\S/im;

/** What the rules over the output must know of Prometheus, its operator and its exporters. */
export const checks: CheckFacts = {
  podExceptions: [
    {
      workload: 'DaemonSet/prometheus-node-exporter',
      controls: ['hostPathVolumes'],
      reason: 'measures /proc and /sys of its node',
    },
  ],
  grantExceptions: [
    {
      of: 'Role/prometheus-kube-prometheus-operator',
      powers: ['pods'],
      reason: 'the operator makes the StatefulSets of Prometheus and Alertmanager',
    },
    {
      of: 'Service/prometheus-kube-prometheus-coredns',
      powers: ['foreignNamespace'],
      reason: 'a Service finds pods of its own namespace alone, and CoreDNS runs in kube-system',
    },
    {
      chart: 'kube-prometheus',
      powers: ['wildcard', 'secrets', 'escalation', 'foreignNamespace'],
      reason: 'its operator serves every namespace, and Prometheus asks the kubelets through the API server',
    },
  ],
  keptServices: [kubeletServices],
  harmlessKeys: [
    {
      key: 'alertmanager.yaml',
      problem: (content) => {
        const [, field] = secretField.exec(content) ?? [];
        return field === undefined ? undefined : `holds the field ${field} (read it from a file instead)`;
      },
    },
  ],
};

/**
 * The Service that lists every kubelet, which the operator keeps where a flag tells it to (prometheus-operator v0.94.1,
 * pkg/kubelet/controller.go).
 */
function kubeletServices({ spec }: Workload): Service[] {
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
            { name: 'cadvisor', port: 4194 },
          ],
          headless: true,
        },
      ];
    });
}
