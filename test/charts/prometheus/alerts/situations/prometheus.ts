import { always, rising, type Situations } from './series';

const metricOf = (metric: string, instance: string): string =>
  `prometheus_${metric}{namespace="mlops-prometheus",instance="${instance}"}`;

export const prometheus: Situations = {
  CertificateExpiring: [10, 60].map((days) => ({
    name: `it ends in ${days} days`,
    series: { 'probe_ssl_earliest_cert_expiry{job="mlflow-expose",instance="url"}': always(days * 86400) },
    at: '2h',
    alerts: days === 10 ? [{ job: 'mlflow-expose', instance: 'url' }] : [],
  })),
  RuleFailing: [1, 0].map((failures) => ({
    name: `${failures} evaluations fail a minute`,
    series: {
      'prometheus_rule_evaluation_failures_total{namespace="mlops-prometheus",rule_group="g"}': rising(failures),
    },
    alerts: failures === 1 ? [{ rule_group: 'g' }] : [],
  })),
  NotificationFailing: [1, 0].map((failures) => ({
    name: `${failures} notifications fail a minute`,
    series: {
      'alertmanager_notifications_failed_total{namespace="mlops-prometheus",integration="slack"}': rising(failures),
    },
    alerts: failures === 1 ? [{ integration: 'slack' }] : [],
  })),
  Watchdog: [{ name: 'nothing happens', series: {}, alerts: [{}] }],
  AlertmanagerUnreachable: [
    {
      name: 'one of two Prometheus knows no Alertmanager',
      series: {
        [metricOf('notifications_alertmanagers_discovered', 'a')]: always(0),
        [metricOf('notifications_alertmanagers_discovered', 'b')]: always(1),
      },
      alerts: [{}],
    },
    {
      name: 'alerts are given up',
      series: {
        [metricOf('notifications_alertmanagers_discovered', 'a')]: always(1),
        [metricOf('notifications_dropped_total', 'a')]: rising(1),
      },
      alerts: [{}],
    },
    {
      name: 'all are taken',
      series: {
        [metricOf('notifications_alertmanagers_discovered', 'a')]: always(1),
        [metricOf('notifications_dropped_total', 'a')]: always(3),
      },
      alerts: [],
    },
  ],
  ConfigurationNotLoaded: ['prometheus', 'alertmanager'].flatMap((program) =>
    [0, 1].map((value) => ({
      name: `${program} says ${value}`,
      series: {
        [`${program}_config_last_reload_successful{namespace="mlops-prometheus",job="x",instance="a"}`]: always(value),
        [`${program}_config_last_reload_successful{namespace="mlops-prometheus",job="x",instance="b"}`]: always(1),
      },
      alerts: value === 0 ? [{ namespace: 'mlops-prometheus', job: 'x' }] : [],
    })),
  ),
  RuleEvaluationMissed: [1, 0].map((missed) => ({
    name: `${missed} evaluations are missed a minute`,
    series: {
      [`${metricOf('rule_group_iterations_missed_total', 'a').slice(0, -1)},rule_group="g"}`]: rising(missed),
    },
    alerts: missed === 1 ? [{ rule_group: 'g' }] : [],
  })),
};
