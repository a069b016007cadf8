import { anyOf, lately, type Alert, type RuleGroup } from '../../lib/graph/alert';

export interface ClusterRulesProps {
  /** Every namespace of the platform. */
  readonly namespaces: readonly string[];
  /** Where pods may take half an hour to become ready, because they build environments. @default there are no models */
  readonly modelNamespace?: string;
}

/**
 * Alerts on the platform's namespaces, from the metrics of kube-state-metrics and the kubelets, which cover the whole
 * cluster.
 */
export function clusterRules({ namespaces, modelNamespace }: ClusterRulesProps): RuleGroup[] {
  const all = anyOf('namespace', namespaces);
  const others = anyOf(
    'namespace',
    namespaces.filter((namespace) => namespace !== modelNamespace),
  );
  const notReady = (selector: string): string =>
    `max by (namespace, pod) (${lately(`kube_pod_status_ready{${selector},condition="true"}`)}) == 0 ` +
    `unless max by (namespace, pod) (${lately(`kube_pod_status_phase{${selector},phase=~"Succeeded|Failed"}`)}) == 1`;
  const volume = (name: string): string => `kubelet_volume_stats_${name}_bytes{${all}}`;
  // A kubelet says nothing of the volumes of a pod while none of its containers runs, and a database whose disk is full keeps
  // ending. The kubelet then waits for up to five minutes.
  const lastKnown = (name: string): string => `last_over_time(${volume(name)}[15m])`;
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
          // Between two waits the container runs for a moment.
          expr: `max by (namespace, pod, container) (${lately(`kube_pod_container_status_waiting_reason{${all},reason="CrashLoopBackOff"}`)}) == 1`,
          for: '10m',
          severity: 'warning',
          summary:
            'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} ends again and again.',
          description: 'Kubernetes waits longer before each new start.',
        },
        {
          alert: 'JobFailed',
          expr: `max by (namespace, job_name) (${lately(`kube_job_failed{${all},condition="true"}`)}) == 1`,
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
        {
          alert: 'ClusterStateUnknown',
          expr: `absent(${lately(`kube_namespace_created{${all}}`)})`,
          for: '5m',
          severity: 'critical',
          summary: 'Nobody tells Prometheus of pods, Jobs and Deployments.',
          description: 'Without kube-state-metrics no alert about them can fire: models that are down are among them.',
        },
      ],
    },
    {
      name: 'volumes',
      rules: [
        {
          alert: 'VolumeFilling',
          expr:
            `${lastKnown('available')} / ${lastKnown('capacity')} < 0.4 ` +
            `and predict_linear(${volume('available')}[6h], 4 * 86400) < 0`,
          for: '1h',
          severity: 'warning',
          summary: 'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is full in less than four days.',
          description:
            '{{ $value | humanizePercentage }} of it are free, and it fills as it did in the last six hours.',
        },
        {
          alert: 'VolumeAlmostFull',
          expr: `${lastKnown('available')} / ${lastKnown('capacity')} < 0.05`,
          for: '5m',
          severity: 'critical',
          summary: 'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is almost full.',
          description: '{{ $value | humanizePercentage }} of it are free.',
        },
      ],
    },
  ];
}

/** The model's environment may have to be built first; charts/models/predictors.ts allows half an hour. */
const modelNotReady = (expr: string): Alert => ({
  alert: 'ModelNotReady',
  expr,
  for: '35m',
  severity: 'warning',
  summary: 'A model is not loaded: pod {{ $labels.pod }} is not ready.',
  description: 'It has not been for more than half an hour.',
});

/** Alerts on the certificates of the probed TLS addresses. */
export const certificateRules = (jobs: readonly string[]): RuleGroup[] =>
  jobs.length === 0
    ? []
    : [
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

/**
 * Always fires, so that an external service notices when it stops arriving. alertmanager.ts routes it to heartbeats.
 */
export const watchdog = 'Watchdog';

/** Alerts on the alerting itself. */
export function monitoringRules(namespace: string): RuleGroup[] {
  const own = `namespace="${namespace}"`;
  const recent = (metric: string): string => `increase(${metric}{${own}}[15m])`;
  const loaded = (program: string): string => `${program}_config_last_reload_successful{${own}}`;
  return [
    {
      name: 'monitoring',
      rules: [
        {
          alert: watchdog,
          expr: 'vector(1)',
          for: '0s',
          severity: 'none',
          summary: 'Alerts reach their receivers.',
          description: 'It always fires: somebody must look when it stops.',
        },
        {
          alert: 'AlertmanagerUnreachable',
          expr:
            `min(prometheus_notifications_alertmanagers_discovered{${own}}) < 1 ` +
            `or sum(${recent('prometheus_notifications_dropped_total')}) > 0`,
          for: '10m',
          severity: 'critical',
          summary: 'Prometheus cannot hand its alerts to Alertmanager.',
          description: 'A Prometheus knows no Alertmanager, or gave up alerts that none took.',
        },
        {
          alert: 'ConfigurationNotLoaded',
          expr: `min by (namespace, job) (${loaded('prometheus')} or ${loaded('alertmanager')}) == 0`,
          for: '10m',
          severity: 'warning',
          summary: 'A changed configuration of {{ $labels.job }} is not in force.',
          description: 'It could not be read: the program goes on with the one before.',
        },
        {
          alert: 'RuleFailing',
          expr: `sum by (rule_group) (${recent('prometheus_rule_evaluation_failures_total')}) > 0`,
          for: '15m',
          severity: 'warning',
          summary: 'Prometheus cannot evaluate a rule.',
          description: 'It is in group {{ $labels.rule_group }}; its alerts do not fire.',
        },
        {
          alert: 'RuleEvaluationMissed',
          expr: `sum by (rule_group) (${recent('prometheus_rule_group_iterations_missed_total')}) > 0`,
          for: '15m',
          severity: 'warning',
          summary: 'Prometheus does not get to its rules in time.',
          description: 'It left out evaluations of group {{ $labels.rule_group }}; its alerts are late.',
        },
        {
          alert: 'NotificationFailing',
          expr: `sum by (integration) (${recent('alertmanager_notifications_failed_total')}) > 0`,
          for: '15m',
          severity: 'critical',
          summary: 'Alertmanager cannot notify by {{ $labels.integration }}.',
          description: '{{ $value | humanize }} notifications of the last quarter of an hour failed.',
        },
      ],
    },
  ];
}
