import { anyOf, type Alert, type RuleGroup } from './rule';

export interface ClusterRulesProps {
  /** Every namespace of the platform. */
  readonly namespaces: readonly string[];
  /** Where pods may take half an hour to be ready: environments are built there. @default there are no models */
  readonly modelNamespace?: string;
}

/** Metrics of kube-state-metrics and of the kubelets, which report on the whole cluster: of the platform's namespaces. */
export function clusterRules({ namespaces, modelNamespace }: ClusterRulesProps): RuleGroup[] {
  const all = anyOf('namespace', namespaces);
  const others = anyOf(
    'namespace',
    namespaces.filter((namespace) => namespace !== modelNamespace),
  );
  const notReady = (selector: string): string =>
    `kube_pod_status_ready{${selector},condition="true"} == 0 ` +
    `unless on (namespace, pod) kube_pod_status_phase{${selector},phase=~"Succeeded|Failed"} == 1`;
  const volume = (name: string): string => `kubelet_volume_stats_${name}_bytes{${all}}`;
  return [
    {
      name: 'workloads',
      rules: [
        {
          alert: 'PodNotReady',
          expr: notReady(others),
          for: '15m',
          severity: 'warning',
          summary: 'Pod {{ $labels.namespace }}/{{ $labels.pod }} is not ready.',
          description: 'It has not been for a quarter of an hour.',
        },
        ...(modelNamespace === undefined ? [] : [modelNotReady(notReady(`namespace="${modelNamespace}"`))]),
        {
          alert: 'PodCrashLooping',
          expr: `max by (namespace, pod, container) (kube_pod_container_status_waiting_reason{${all},reason="CrashLoopBackOff"}) == 1`,
          for: '10m',
          severity: 'warning',
          summary:
            'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} ends again and again.',
          description: 'Kubernetes waits longer before each new start.',
        },
        {
          alert: 'JobFailed',
          expr: `max by (namespace, job_name) (kube_job_failed{${all},condition="true"}) == 1`,
          for: '1m',
          severity: 'warning',
          summary: 'Job {{ $labels.namespace }}/{{ $labels.job_name }} failed.',
          description: 'Kubernetes does not start it again by itself.',
        },
        {
          alert: 'TargetDown',
          expr: `up{${all}} == 0`,
          for: '10m',
          severity: 'warning',
          summary: 'A target of job {{ $labels.job }} does not answer Prometheus.',
          description: '{{ $labels.instance }} in {{ $labels.namespace }}: its alerts and graphs know nothing of it.',
        },
      ],
    },
    {
      name: 'volumes',
      rules: [
        {
          alert: 'VolumeFilling',
          expr:
            `${volume('available')} / ${volume('capacity')} < 0.4 ` +
            `and predict_linear(${volume('available')}[6h], 4 * 86400) < 0`,
          for: '1h',
          severity: 'warning',
          summary: 'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is full in less than four days.',
          description:
            '{{ $value | humanizePercentage }} of it are free, and it fills as it did in the last six hours.',
        },
        {
          alert: 'VolumeAlmostFull',
          expr: `${volume('available')} / ${volume('capacity')} < 0.05`,
          for: '5m',
          severity: 'critical',
          summary: 'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is almost full.',
          description: '{{ $value | humanizePercentage }} of it are free.',
        },
      ],
    },
  ];
}

/** Its environment may have to be built first: charts/models.ts gives it half an hour. */
const modelNotReady = (expr: string): Alert => ({
  alert: 'ModelNotReady',
  expr,
  for: '35m',
  severity: 'warning',
  summary: 'A model is not loaded: pod {{ $labels.pod }} is not ready.',
  description: 'It has not been for more than half an hour.',
});

/** Certificates of the addresses that are asked over TLS. */
export const certificateRules = (jobs: readonly string[]): RuleGroup[] => [
  {
    name: 'certificates',
    rules: [
      {
        alert: 'CertificateExpiring',
        expr: `probe_ssl_earliest_cert_expiry{${anyOf('job', jobs)}} - time() < 21 * 86400`,
        for: '1h',
        severity: 'warning',
        summary: 'The certificate of {{ $labels.instance }} ends soon.',
        description: 'It, or one that it is signed by, ends in {{ $value | humanizeDuration }}.',
      },
    ],
  },
];

/** Whether alerts themselves work. */
export const monitoringRules = (namespace: string): RuleGroup[] => [
  {
    name: 'monitoring',
    rules: [
      {
        alert: 'RuleFailing',
        expr: `sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total{namespace="${namespace}"}[15m])) > 0`,
        for: '15m',
        severity: 'warning',
        summary: 'Prometheus cannot evaluate a rule.',
        description: 'It is in group {{ $labels.rule_group }}; its alerts do not fire.',
      },
      {
        alert: 'NotificationFailing',
        expr: `sum by (integration) (increase(alertmanager_notifications_failed_total{namespace="${namespace}"}[15m])) > 0`,
        for: '15m',
        severity: 'critical',
        summary: 'Alertmanager cannot notify by {{ $labels.integration }}.',
        description: '{{ $value | humanize }} notifications of the last quarter of an hour failed.',
      },
    ],
  },
];
