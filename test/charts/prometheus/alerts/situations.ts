import { longName } from './platform';

/** What Prometheus has scraped, and what must be told of it. */
export interface Situation {
  readonly name: string;
  /** Series in promtool's notation: first value, step and how often, one a minute. */
  readonly series: Readonly<Record<string, string>>;
  /** @default an hour */
  readonly at?: string;
  /** Labels of each alert that must be firing, without its severity; none if nobody is to be told. */
  readonly alerts: readonly Readonly<Record<string, string>>[];
  /** Which of the alerts of that name are looked at. @default all */
  readonly where?: string;
}

const always = (value: number, minutes = 130): string => `${value}+0x${minutes}`;
const rising = (perMinute: number): string => `0+${perMinute}x130`;

const model = 'creditcard';
/** Of an executor, whose codes are numbers with REST and words with gRPC. */
const requests = (code: string, name = model, predictor = 'default'): string =>
  `seldon_api_executor_server_requests_seconds_count{service="${/\d/.test(code) ? 'predictions' : '/seldon.protos.Seldon/Predict'}",code="${code}",namespace="mlops-models",instance="a",deployment_name="${name}",predictor_name="${predictor}"}`;
const seconds = (le: string, name: string, predictor: string): string =>
  `seldon_api_executor_server_requests_seconds_bucket{service="predictions",code="200",le="${le}",namespace="mlops-models",instance="a",deployment_name="${name}",predictor_name="${predictor}"}`;
/** All of 60 requests a minute within a time. */
const within = (limit: string, shorter: string, name = model, predictor = 'default') => ({
  [seconds(shorter, name, predictor)]: rising(0),
  [seconds(limit, name, predictor)]: rising(60),
  [seconds('+Inf', name, predictor)]: rising(60),
  [requests('200', name, predictor)]: rising(60),
});
/** After 51 and after 54 minutes. */
const two = '0x50 1 1 1 2+0x78';
const named = (name: string) => ({ deployment_name: name, model: name });

const detector = (metric: string, more = ''): string =>
  `${metric}{namespace="mlops-drift",deployment_name="${model}",model="fraud",version="3"${more}}`;
const detected = (feature: string, name = 'ks'): string =>
  detector('drift_detected', `,detector="${name}",feature="${feature}"`);

const up = (job: string, namespace: string, instance = 'a'): string =>
  `up{job="${job}",namespace="${namespace}",instance="${instance}"}`;

/** What every `…Down` must do: silent while one target answers, and told of targets that fail or are gone. */
const down = (job: string, namespace: string): Situation[] => [
  {
    name: 'one of two targets answers',
    series: { [up(job, namespace)]: always(1), [up(job, namespace, 'b')]: always(0) },
    alerts: [],
  },
  { name: 'no target answers', series: { [up(job, namespace)]: always(0) }, alerts: [{ job, namespace }] },
  { name: 'there is no target', series: {}, alerts: [{ job, namespace }] },
];

const kafka = (metric: string, labels = ''): string =>
  `${metric}{job="kafka-exporter",namespace="mlops-kafka"${labels}}`;
const kafkaLabels = { job: 'kafka-exporter', namespace: 'mlops-kafka' };
const leaders = (topic: string, ...partitions: number[]) =>
  Object.fromEntries(
    partitions.map((partition) => [
      kafka('kafka_topic_partition_leader', `,topic="${topic}",partition="${partition}"`),
      always(1),
    ]),
  );

const postgresql = { job: 'postgresql-exporter', namespace: 'mlops-mlflow' };
const pg = (metric: string, labels = ''): string =>
  `${metric}{job="postgresql-exporter",namespace="mlops-mlflow"${labels}}`;

const minio = (metric: string): string => `${metric}{job="minio",namespace="mlops-minio"}`;
const claim = { namespace: 'mlops-minio', persistentvolumeclaim: 'minio' };
const volume = (what: string, namespace = 'mlops-minio'): string =>
  `kubelet_volume_stats_${what}_bytes{namespace="${namespace}",persistentvolumeclaim="minio"}`;
/** Of kube-state-metrics, each pod of which is another instance. */
const pod = (metric: string, namespace: string, more: string, instance = 'ksm-1'): string =>
  `${metric}{namespace="${namespace}",pod="p",instance="${instance}"${more}}`;
const notReady = (namespace: string, instance?: string): string =>
  pod('kube_pod_status_ready', namespace, ',condition="true"', instance);
const deploymentOf = (predictor: string, name = model): string => `${name}-${predictor}-0-pod`;
const deployment = (metric: string, name: string, instance = 'ksm-1'): string =>
  `kube_deployment_${metric}{namespace="mlops-models",deployment="${name}",instance="${instance}"}`;
/** A Deployment made at time 0, and how many of its pods are ready. */
const pods = (name: string, ready: string, minutes = 130) => ({
  [deployment('status_replicas_available', name)]: ready,
  [deployment('created', name)]: always(0, minutes),
});
/** The same while kube-state-metrics is replaced after an hour, with nothing in between for three minutes. */
const replaced = (series: (instance: string) => string, value = 0) => ({
  [series('ksm-1')]: `${value}+0x60 stale`,
  [series('ksm-2')]: `_x64 ${value}+0x66`,
});
const gone = (predictor: string, name = model) => ({
  ...named(name),
  namespace: 'mlops-models',
  deployment: deploymentOf(predictor, name),
  predictor_name: predictor,
});
const waiting = (reason: string): string =>
  pod('kube_pod_container_status_waiting_reason', 'mlops-kafka', `,container="kafka",reason="${reason}"`);

const crashing = { namespace: 'mlops-kafka', pod: 'p', container: 'kafka' };
const prometheus = (metric: string, instance: string): string =>
  `prometheus_${metric}{namespace="mlops-prometheus",instance="${instance}"}`;

/** Each alert: when it fires, and when it does not. */
export const situations: Readonly<Record<string, readonly Situation[]>> = {
  ModelErrorRateHigh: [
    {
      name: 'one in ten fails',
      series: { [requests('200')]: rising(90), [requests('500')]: rising(10) },
      alerts: [named(model)],
    },
    { name: 'one in fifty fails', series: { [requests('200')]: rising(98), [requests('500')]: rising(2) }, alerts: [] },
    {
      name: 'one in fifty fails, of a model that may fail less',
      series: { [requests('200', 'exact')]: rising(98), [requests('500', 'exact')]: rising(2) },
      alerts: [named('exact')],
    },
    {
      name: 'one in ten fails, by gRPC',
      series: { [requests('OK')]: rising(90), [requests('Unavailable')]: rising(10) },
      alerts: [named(model)],
    },
    {
      name: 'no request fails, by REST and by gRPC',
      series: { [requests('200')]: rising(90), [requests('OK')]: rising(10) },
      alerts: [],
    },
    {
      name: 'there are no requests',
      series: { [requests('200')]: always(10), [requests('500')]: always(10) },
      alerts: [],
    },
    {
      name: 'clients ask what cannot be answered',
      series: {
        [requests('200')]: rising(50),
        [requests('400')]: rising(20),
        [requests('404')]: rising(20),
        [requests('InvalidArgument')]: rising(10),
      },
      alerts: [],
    },
    { name: 'two requests came, and both failed', series: { [requests('500')]: two }, at: '57m', alerts: [] },
    {
      name: 'one request a minute comes, and all fail',
      series: { [requests('500')]: rising(1) },
      alerts: [named(model)],
    },
    {
      name: 'the shadow fails, and the model does not',
      series: { [requests('200')]: rising(60), [requests('500', model, 'shadow')]: rising(60) },
      alerts: [],
    },
    {
      name: 'the canary fails, and that is more of all than may fail',
      series: { [requests('200')]: rising(90), [requests('500', model, 'canary')]: rising(10) },
      alerts: [named(model)],
    },
  ],
  ModelRefusesRequests: [
    {
      name: 'one in five is refused, by REST and by gRPC',
      series: {
        [requests('200')]: rising(80),
        [requests('400')]: rising(10),
        [requests('InvalidArgument')]: rising(10),
      },
      alerts: [named(model)],
    },
    { name: 'one in twenty is', series: { [requests('200')]: rising(95), [requests('404')]: rising(5) }, alerts: [] },
    {
      name: 'six requests came in half an hour, and all were',
      series: { [requests('400')]: '0x40 1x3 2x3 3x3 4x3 5x3 6+0x60' },
      alerts: [],
    },
    { name: 'the server fails', series: { [requests('200')]: rising(50), [requests('500')]: rising(50) }, alerts: [] },
    {
      name: 'the shadow refuses all',
      series: { [requests('200')]: rising(60), [requests('400', model, 'shadow')]: rising(60) },
      alerts: [],
    },
  ],
  ModelLatencyHigh: [
    { name: 'all take more than a second', series: within('2.5', '1'), alerts: [named(model)] },
    { name: 'all take less than half a second', series: within('0.5', '0.25'), alerts: [] },
    {
      name: 'all take less than half a second, of a model that must be faster',
      series: within('0.5', '0.25', 'exact'),
      alerts: [named('exact')],
    },
    {
      name: 'only the shadow is slow',
      series: { ...within('0.5', '0.25'), ...within('10', '7.5', model, 'shadow') },
      alerts: [],
    },
  ],
  ModelDown: [
    {
      name: 'all its pods went away',
      series: pods(deploymentOf('default'), '2+0x30 0+0x100'),
      at: '45m',
      alerts: [gone('default')],
    },
    {
      name: 'they are away for twelve hours',
      series: pods(deploymentOf('default'), '2+0x30 0+0x800', 830),
      at: '12h',
      alerts: [gone('default')],
    },
    { name: 'it is being loaded', series: pods(deploymentOf('default'), always(0)), at: '30m', alerts: [] },
    {
      name: 'it was not loaded in the time that it has',
      series: pods(deploymentOf('default'), always(0)),
      at: '40m',
      alerts: [gone('default')],
    },
    { name: 'one pod is left', series: pods(deploymentOf('default'), '2+0x30 1+0x100'), alerts: [] },
    { name: 'it is there again', series: pods(deploymentOf('default'), '2+0x30 0+0x20 1+0x80'), alerts: [] },
    ...['62m', '66m', '70m'].map((at) => ({
      name: `it is down, and kube-state-metrics is replaced: ${at}`,
      series: {
        ...replaced((instance) => deployment('status_replicas_available', deploymentOf('default'), instance)),
        ...replaced((instance) => deployment('created', deploymentOf('default'), instance)),
      },
      at,
      alerts: [gone('default')],
    })),
    {
      name: 'its name is the longest there is',
      series: pods(deploymentOf('default', longName), '1+0x30 0+0x100'),
      alerts: [gone('default', longName)],
    },
    {
      name: 'its canary and its shadow are down',
      series: {
        ...pods(deploymentOf('canary'), '1+0x30 0+0x100'),
        ...pods(deploymentOf('shadow'), '1+0x30 0+0x100'),
        ...pods(deploymentOf('default'), always(1)),
      },
      alerts: [],
    },
    { name: 'something else in the namespace is down', series: pods('another', '1+0x30 0+0x100'), alerts: [] },
  ],
  ModelVariantDown: [
    ...['canary', 'shadow'].map((predictor) => ({
      name: `the ${predictor} went away`,
      series: pods(deploymentOf(predictor, longName), '1+0x30 0+0x100'),
      alerts: [gone(predictor, longName)],
    })),
    { name: 'the model itself went away', series: pods(deploymentOf('default'), '1+0x30 0+0x100'), alerts: [] },
    { name: 'the canary is being loaded', series: pods(deploymentOf('canary'), always(0)), at: '30m', alerts: [] },
  ],
  ModelVariantErrorRateHigh: [
    ...['canary', 'shadow'].map((predictor) => ({
      name: `one in ten of the ${predictor} fails`,
      series: {
        [requests('200')]: rising(900),
        [requests('200', model, predictor)]: rising(90),
        [requests('500', model, predictor)]: rising(10),
      },
      alerts: [{ ...named(model), predictor_name: predictor }],
    })),
    {
      name: 'the model fails, and its canary does not',
      series: { [requests('500')]: rising(90), [requests('200', model, 'canary')]: rising(10) },
      alerts: [],
    },
    {
      name: 'two requests came to the canary, and both failed',
      series: { [requests('200')]: rising(90), [requests('500', model, 'canary')]: two },
      at: '57m',
      alerts: [],
    },
  ],
  DriftDetected: [
    {
      name: 'two features drift',
      series: { [detected('Amount')]: always(1), [detected('Time')]: always(1), [detected('V1')]: always(0) },
      alerts: [{ ...named(model), version: '3' }],
    },
    {
      name: 'two detectors see it, one after the other, and the process restarts: one alert',
      series: {
        [detected('Amount')]: '1+0x10 0+0x20 stale',
        [detector('drift_detected', ',detector="mmd",feature="*",instance="a"')]: '0+0x8 1+0x22 stale',
        [detector('drift_detected', ',detector="mmd",feature="*",instance="b"')]: '_x40 1+0x60',
      },
      at: '36m',
      alerts: [{ ...named(model), version: '3' }],
    },
    {
      name: 'nothing drifts',
      series: { [detected('Amount')]: always(0), [detected('*', 'mmd')]: always(0) },
      alerts: [],
    },
    { name: 'the drift is over', series: { [detected('Amount')]: '1+0x30 0+0x60' }, alerts: [] },
  ],
  DriftDetectorStale: [
    {
      name: 'the model answers, and the detector gets nothing',
      series: {
        [requests('200')]: rising(10),
        [detector('drift_reference_rows')]: always(500),
        [detector('drift_messages_total', ',type="request"')]: always(7),
      },
      alerts: [named(model)],
    },
    {
      name: 'the model answers by gRPC, and the detector gets nothing',
      series: {
        [requests('OK')]: rising(10),
        [detector('drift_reference_rows')]: always(500),
        [detector('drift_messages_total', ',type="request"')]: always(7),
      },
      alerts: [named(model)],
    },
    {
      name: 'the detector gets what the model answers',
      series: {
        [requests('200')]: rising(10),
        [detector('drift_reference_rows')]: always(500),
        [detector('drift_messages_total', ',type="request"')]: rising(10),
      },
      alerts: [],
    },
    {
      name: 'nobody asks the model',
      series: { [requests('200')]: always(5), [detector('drift_reference_rows')]: always(500) },
      alerts: [],
    },
    { name: 'the model is not watched', series: { [requests('200')]: rising(10) }, alerts: [] },
  ],
  DriftDetectorLagging: [
    {
      name: 'two partitions together are far behind',
      series: {
        [detector('drift_consumer_lag', ',partition="0"')]: always(6000),
        [detector('drift_consumer_lag', ',partition="1"')]: always(6000),
      },
      alerts: [named(model)],
    },
    {
      name: 'it is a little behind',
      series: { [detector('drift_consumer_lag', ',partition="0"')]: always(6000) },
      alerts: [],
    },
  ],
  DriftDetectorRejectsRows: [
    {
      name: 'one row in five does not fit',
      series: {
        [detector('drift_rows_seen_total')]: rising(80),
        [detector('drift_rows_rejected_total', ',reason="wrong_width"')]: rising(20),
      },
      alerts: [named(model)],
    },
    {
      name: 'one row in fifty does not fit',
      series: {
        [detector('drift_rows_seen_total')]: rising(98),
        [detector('drift_rows_rejected_total', ',reason="wrong_width"')]: rising(2),
      },
      alerts: [],
    },
  ],
  MlflowDown: down('mlflow-tracking-server', 'mlops-mlflow'),
  MlflowErrorRateHigh: [10, 1].map((failures) => ({
    name: `${failures} of 100 requests fail`,
    series: {
      'mlflow_http_request_total{job="mlflow-tracking-server",namespace="mlops-mlflow",status="200"}': rising(
        100 - failures,
      ),
      'mlflow_http_request_total{job="mlflow-tracking-server",namespace="mlops-mlflow",status="500"}': rising(failures),
    },
    alerts: failures === 10 ? [{}] : [],
  })),
  PrefectDown: [
    {
      name: 'the probe fails',
      series: { 'probe_success{job="prefect",instance="url"}': always(0) },
      alerts: [{ job: 'prefect', instance: 'url' }],
    },
    { name: 'the probe is gone', series: {}, alerts: [{ job: 'prefect' }] },
    { name: 'the probe succeeds', series: { 'probe_success{job="prefect",instance="url"}': always(1) }, alerts: [] },
  ],
  MinioDown: down('minio', 'mlops-minio'),
  MinioDriveOffline: [
    {
      name: 'a drive is offline',
      series: { [minio('minio_cluster_drive_offline_total')]: always(1) },
      alerts: [{ job: 'minio', namespace: 'mlops-minio' }],
    },
    { name: 'none is', series: { [minio('minio_cluster_drive_offline_total')]: always(0) }, alerts: [] },
  ],
  MinioFilling: [5, 50].map((free) => ({
    name: `${free} of 100 bytes are free`,
    series: {
      [minio('minio_cluster_capacity_usable_free_bytes')]: always(free),
      [minio('minio_cluster_capacity_usable_total_bytes')]: always(100),
    },
    alerts: free === 5 ? [{ job: 'minio', namespace: 'mlops-minio' }] : [],
  })),
  PostgresqlDown: [
    ...down('postgresql-exporter', 'mlops-mlflow'),
    {
      name: 'the exporter reaches no server',
      series: { [pg('pg_up')]: always(0), [pg('up')]: always(1) },
      alerts: [postgresql],
    },
    {
      name: 'the exporter reaches the server',
      series: { [pg('pg_up')]: always(1), [pg('up')]: always(1) },
      alerts: [],
    },
  ].map((situation) => ({ ...situation, where: 'namespace="mlops-mlflow"' })),
  PostgresqlConnectionsHigh: [95, 60].map((sessions) => ({
    name: `${sessions} of 100 connections are in use`,
    series: {
      [pg('pg_stat_database_numbackends', ',datname="a"')]: always(sessions - 10),
      [pg('pg_stat_database_numbackends', ',datname="b"')]: always(10),
      [pg('pg_settings_max_connections', ',server="s"')]: always(100),
    },
    alerts: sessions === 95 ? [postgresql] : [],
  })),
  PostgresqlIdleTransaction: ['idle in transaction', 'active'].map((state) => ({
    name: `a transaction is ${state} for half an hour`,
    series: {
      [pg('pg_stat_activity_max_tx_duration', `,datname="tracking",usename="mlflow",state="${state}"`)]: always(1800),
    },
    alerts: state === 'active' ? [] : [{ ...postgresql, datname: 'tracking', usename: 'mlflow' }],
  })),
  KafkaDown: down('kafka-exporter', 'mlops-kafka'),
  KafkaBrokerMissing: [2, 3].map((brokers) => ({
    name: `${brokers} of 3 brokers are there`,
    series: { [kafka('kafka_brokers')]: always(brokers) },
    alerts: brokers === 2 ? [kafkaLabels] : [],
  })),
  KafkaPartitionsOffline: [
    {
      name: 'one of two partitions has no leader',
      series: { [kafka('kafka_topic_partitions', ',topic="t"')]: always(2), ...leaders('t', 0) },
      alerts: [{ topic: 't' }],
    },
    {
      name: 'no partition has a leader',
      series: { [kafka('kafka_topic_partitions', ',topic="t"')]: always(2) },
      alerts: [{ topic: 't' }],
    },
    {
      name: 'both have one',
      series: { [kafka('kafka_topic_partitions', ',topic="t"')]: always(2), ...leaders('t', 0, 1) },
      alerts: [],
    },
  ],
  KafkaPartitionsUnderReplicated: [1, 0].map((value) => ({
    name: `${value} partitions have too few copies`,
    series: { [kafka('kafka_topic_partition_under_replicated_partition', ',topic="t",partition="0"')]: always(value) },
    alerts: value === 1 ? [{ topic: 't' }] : [],
  })),
  KafkaConsumerLagging: [
    ['flow', 20_000, true],
    ['flow', 200, false],
    ['drift-creditcard', 20_000, false],
  ].map(([group, lag, fires]) => ({
    name: `${group} is ${lag} messages behind`,
    series: {
      [kafka('kafka_consumergroup_lag', `,consumergroup="${group}",topic="t",partition="0"`)]: always(Number(lag)),
    },
    alerts: fires === true ? [{ consumergroup: String(group), topic: 't' }] : [],
  })),
  IstiodDown: down('istiod', 'istio-system'),
  IstioRootCertificateExpiring: [20, 60].map((days) => ({
    name: `it ends in ${days} days`,
    // Tests begin at time 0.
    series: {
      'citadel_server_root_cert_expiry_timestamp{job="istiod",namespace="istio-system"}': always(days * 86400),
    },
    at: '2h',
    alerts: days === 20 ? [{ job: 'istiod', namespace: 'istio-system' }] : [],
  })),
  SeldonOperatorDown: down('mlops-prometheus/seldon-operator', 'mlops-seldon'),
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
        [prometheus('notifications_alertmanagers_discovered', 'a')]: always(0),
        [prometheus('notifications_alertmanagers_discovered', 'b')]: always(1),
      },
      alerts: [{}],
    },
    {
      name: 'alerts are given up',
      series: {
        [prometheus('notifications_alertmanagers_discovered', 'a')]: always(1),
        [prometheus('notifications_dropped_total', 'a')]: rising(1),
      },
      alerts: [{}],
    },
    {
      name: 'all are taken',
      series: {
        [prometheus('notifications_alertmanagers_discovered', 'a')]: always(1),
        [prometheus('notifications_dropped_total', 'a')]: always(3),
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
      [`${prometheus('rule_group_iterations_missed_total', 'a').slice(0, -1)},rule_group="g"}`]: rising(missed),
    },
    alerts: missed === 1 ? [{ rule_group: 'g' }] : [],
  })),
  ClusterStateUnknown: [
    {
      name: 'kube-state-metrics is gone',
      series: { 'kube_namespace_created{namespace="mlops-kafka",instance="ksm-1"}': '5+0x30 stale' },
      alerts: [{}],
    },
    {
      name: 'it is replaced',
      series: replaced((instance) => `kube_namespace_created{namespace="mlops-kafka",instance="${instance}"}`, 5),
      at: '63m',
      alerts: [],
    },
  ],
  PodNotReady: [
    {
      name: 'a pod of a service is not ready',
      series: { [notReady('mlops-kafka')]: always(0) },
      at: '20m',
      alerts: [{ namespace: 'mlops-kafka', pod: 'p' }],
    },
    {
      name: 'a pod has just been ready',
      series: { [notReady('mlops-kafka')]: '0+0x40 1 0+0x80' },
      at: '50m',
      alerts: [],
    },
    ...['62m', '66m', '70m'].map((at) => ({
      name: `a pod is not ready, and kube-state-metrics is replaced: ${at}`,
      series: replaced((instance) => notReady('mlops-kafka', instance)),
      at,
      alerts: [{ namespace: 'mlops-kafka', pod: 'p' }],
    })),
    {
      name: 'the pod of a Job has done its work',
      series: {
        [notReady('mlops-kafka')]: always(0),
        [pod('kube_pod_status_phase', 'mlops-kafka', ',phase="Succeeded"')]: always(1),
      },
      alerts: [],
    },
    { name: 'a pod of somebody else is not ready', series: { [notReady('other')]: always(0) }, alerts: [] },
  ],
  ModelNotReady: [
    { name: 'a model is being loaded', series: { [notReady('mlops-models')]: always(0) }, at: '30m', alerts: [] },
    {
      name: 'a model is not loaded after half an hour',
      series: { [notReady('mlops-models')]: always(0) },
      at: '40m',
      alerts: [{ namespace: 'mlops-models', pod: 'p' }],
    },
  ],
  PodCrashLooping: [
    ...['CrashLoopBackOff', 'ContainerCreating'].map((reason) => ({
      name: `a container waits for ${reason}`,
      series: { [waiting(reason)]: always(1) },
      alerts: reason === 'CrashLoopBackOff' ? [crashing] : [],
    })),
    {
      name: 'between two waits it runs',
      series: { [waiting('CrashLoopBackOff')]: Array.from({ length: 20 }, () => '1x3 stale _ _').join(' ') },
      alerts: [crashing],
    },
    {
      name: 'it came to itself',
      series: { [waiting('CrashLoopBackOff')]: '1x20 stale' },
      alerts: [],
    },
  ],
  JobFailed: [
    ['mlops-credentials', 1],
    ['mlops-credentials', 0],
    ['other', 1],
  ].map(([namespace, value]) => ({
    name: `${value} Jobs in ${namespace} failed`,
    series: {
      [`kube_job_failed{namespace="${namespace}",job_name="credentials-1",condition="true"}`]: always(Number(value)),
    },
    alerts: namespace === 'other' || value === 0 ? [] : [{ namespace: String(namespace), job_name: 'credentials-1' }],
  })),
  TargetDown: [
    {
      name: 'one of two targets does not answer',
      series: { [up('x', 'mlops-drift')]: always(0), [up('x', 'mlops-drift', 'b')]: always(1) },
      alerts: [{ job: 'x', namespace: 'mlops-drift', instance: 'a' }],
    },
    { name: 'a target of somebody else does not', series: { [up('x', 'other')]: always(0) }, alerts: [] },
  ],
  VolumeFilling: [
    {
      // 380 bytes after ten hours, and two less each minute: three hours are left.
      name: 'it fills, and is full soon',
      series: { [volume('available')]: '1580-2x620', [volume('capacity')]: always(2000, 620) },
      at: '10h',
      alerts: [claim],
    },
    {
      name: 'little is free, and stays so',
      series: { [volume('available')]: always(200, 620), [volume('capacity')]: always(2000, 620) },
      at: '10h',
      alerts: [],
    },
    {
      name: 'much is free, and it fills',
      series: { [volume('available')]: '9000-2x620', [volume('capacity')]: always(9000, 620) },
      at: '10h',
      alerts: [],
    },
  ],
  VolumeAlmostFull: [
    {
      name: 'two of a hundred bytes are free',
      series: { [volume('available')]: always(2), [volume('capacity')]: always(100) },
      alerts: [claim],
    },
    {
      name: 'half of it is free',
      series: { [volume('available')]: always(50), [volume('capacity')]: always(100) },
      alerts: [],
    },
    {
      name: 'a volume of somebody else is full',
      series: { [volume('available', 'other')]: always(2), [volume('capacity', 'other')]: always(100) },
      alerts: [],
    },
  ],
};
