import { anyOf } from '../../lib/graph/alert';
import type { Dashboard, Row } from '../../lib/graph/dashboard';

/** The dashboard of the whole platform. @param rows what its services declare */
export function platformDashboard(namespaces: readonly string[], rows: readonly Row[]): Dashboard {
  const all = anyOf('namespace', namespaces);
  return {
    uid: 'mlops-platform',
    title: 'Platform',
    rows: [
      {
        title: 'Alerts and targets',
        panels: [
          {
            title: 'Firing alerts',
            figures: true,
            queries: { 'count by (severity) (ALERTS{alertstate="firing",severity!="none"})': '{{severity}}' },
          },
          { title: 'Targets that do not answer', figures: true, queries: { [`sum(1 - up{${all}})`]: 'targets' } },
          {
            title: 'Pods that are not ready',
            figures: true,
            queries: { [`sum(kube_pod_status_ready{${all},condition="false"})`]: 'pods' },
          },
        ],
      },
      ...rows,
      {
        title: 'Volumes',
        panels: [
          {
            title: 'Free',
            unit: 'percentunit',
            queries: {
              [`kubelet_volume_stats_available_bytes{${all}} / kubelet_volume_stats_capacity_bytes{${all}}`]:
                '{{namespace}} {{persistentvolumeclaim}}',
            },
          },
        ],
      },
    ],
  };
}
