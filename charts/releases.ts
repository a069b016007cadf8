import type { Hole, Program } from '../lib/upkeep/release';
import type { ImageName } from './config';

// What is known of the upkeep of every program that the platform installs. `npm run versions` compares the pins with it.
// Raise `asOf` only after looking all of it up again.

/** The day on which the facts were looked up. */
export const asOf = '2026-11-28';

const nvd = (id: string, fixed: string): Hole => ({ id, fixed, source: `https://nvd.nist.gov/vuln/detail/${id}` });

const postgresqlHole = (fixed: string): Hole => ({
  ...{ id: 'CVE-2026-16239', fixed },
  source: 'https://www.postgresql.org/support/security/CVE-2026-16239/',
});

interface KnownProgram extends Program {
  readonly images: readonly ImageName[];
}

/** Each program, except the detector and the initializer, which this repository is. */
export const programs: readonly KnownProgram[] = [
  {
    name: 'Node.js',
    images: ['node'],
    source: 'https://github.com/nodejs/release#release-schedule',
    newest: '26.10.0',
    lines: {
      22: { newest: '22.23.3', ends: '2027-04-30' },
      24: { newest: '24.21.0', ends: '2028-04-30' },
      26: { newest: '26.10.0', ends: '2029-04-30' },
    },
  },
  {
    name: 'PostgreSQL',
    images: ['postgresql', 'prefectPostgresql'],
    source: 'https://www.postgresql.org/support/versioning/',
    newest: '18.6',
    lines: {
      15: { newest: '15.20', ends: '2027-11-11', holes: [postgresqlHole('15.20')] },
      16: { newest: '16.15', ends: '2028-11-09' },
      17: { newest: '17.12', ends: '2029-11-08', holes: [postgresqlHole('17.12')] },
      18: { newest: '18.6', ends: '2030-11-14' },
    },
  },
  {
    name: 'Silo',
    images: ['minio'],
    source: 'https://github.com/pgsty/silo/releases',
    newest: '2026-09-16',
    lines: {
      2026: {
        newest: '2026-09-16',
        holes: [
          { id: 'CVE-2026-40344', fixed: '2026-09-03', source: 'https://github.com/pgsty/silo/issues/27' },
          { id: 'CVE-2026-41145', fixed: '2026-09-03', source: 'https://github.com/pgsty/silo/issues/28' },
        ],
      },
    },
    note: 'the maintained fork of MinIO, which was archived in February 2026 with unauthenticated writes',
  },
  {
    name: 'Kafka',
    images: ['kafka'],
    source: 'https://kafka.apache.org/downloads',
    newest: '4.4.0',
    lines: { '4.2': { newest: '4.2.1' }, '4.3': { newest: '4.3.1' }, '4.4': { newest: '4.4.0' } },
  },
  {
    name: 'kafka_exporter',
    images: ['kafkaExporter'],
    source: 'https://github.com/danielqsj/kafka_exporter/releases',
    newest: '1.9.0',
    lines: { 1: { newest: '1.9.0' } },
  },
  {
    name: 'postgres_exporter',
    images: ['postgresqlExporter'],
    source: 'https://github.com/prometheus-community/postgres_exporter/releases',
    newest: '0.20.1',
    lines: { 0: { newest: '0.20.1' } },
  },
  {
    name: 'MLflow',
    images: ['mlflow'],
    source: 'https://github.com/mlflow/mlflow/releases',
    newest: '3.18.0',
    lines: {
      3: {
        newest: '3.18.0',
        // CVE-2026-0545 is in the API of jobs, which the platform switches off.
        holes: [nvd('CVE-2025-14279', '3.5.0'), nvd('CVE-2026-2614', '3.10.0'), nvd('CVE-2026-0545', '3.11.0')],
      },
    },
  },
  {
    name: 'Prefect',
    images: ['prefect'],
    source: 'https://github.com/PrefectHQ/prefect/releases',
    newest: '3.9.1',
    lines: {
      '2.20': { newest: '2.20.27' },
      3: { newest: '3.9.1', holes: [nvd('CVE-2026-7723', '3.6.14')] },
    },
  },
  {
    name: 'Istio',
    images: ['istiod', 'istioProxy'],
    source: 'https://istio.io/latest/docs/releases/supported-releases/',
    newest: '1.32.0',
    lines: {
      '1.30': { newest: '1.30.8', ends: '2026-11-30' },
      '1.31': { newest: '1.31.4' },
      '1.32': { newest: '1.32.0' },
    },
  },
  {
    name: 'Seldon Core',
    images: [...(['seldonOperator', 'seldonExecutor', 'seldonStorageInitializer'] as const), 'mlflowServer'],
    source: 'https://github.com/SeldonIO/seldon-core/releases',
    newest: '1.18.2',
    lines: { '1.17': { newest: '1.17.1' } },
    note: 'frozen: 1.17.1 is the last release under Apache-2.0; later ones are under the Business Source License',
  },
  {
    name: 'MLServer',
    images: ['mlserverMlflow', 'mlserverSklearn', 'mlserverXgboost', 'mlserverHuggingface'],
    source: 'https://github.com/SeldonIO/MLServer/releases',
    newest: '1.7.1',
    lines: { '1.7': { newest: '1.7.1' } },
  },
  {
    name: 'Triton',
    images: ['tritonServer'],
    source: 'https://docs.nvidia.com/deeplearning/triton-inference-server/release-notes/',
    newest: '26.09',
    lines: { '26.09': { newest: '26.09' } },
  },
  {
    name: 'Prometheus operator',
    images: ['prometheusOperator', 'prometheusConfigReloader'],
    source: 'https://github.com/prometheus-operator/prometheus-operator/releases',
    newest: '0.95.2',
    lines: { '0.94': { newest: '0.94.1' }, '0.95': { newest: '0.95.2' } },
  },
  {
    name: 'Prometheus',
    images: ['prometheus'],
    source: 'https://prometheus.io/docs/introduction/release-cycle/',
    newest: '3.16.0',
    lines: {
      3.13: {
        newest: '3.13.5',
        ends: '2027-07-31',
        holes: [
          {
            ...{ id: 'CVE-2026-42154', fixed: '3.11.3' },
            source: 'https://github.com/prometheus/prometheus/security/advisories/GHSA-8rm2-7qqf-34qm',
          },
          {
            ...{ id: 'CVE-2026-40179', fixed: '3.11.2' },
            source: 'https://github.com/prometheus/prometheus/blob/v3.13.5/CHANGELOG.md',
          },
        ],
      },
      3.16: { newest: '3.16.0' },
    },
  },
  {
    name: 'Alertmanager',
    images: ['alertmanager'],
    source: 'https://github.com/prometheus/alertmanager/releases',
    newest: '0.35.0',
    lines: { '0.35': { newest: '0.35.0' } },
  },
  {
    name: 'node_exporter',
    images: ['nodeExporter'],
    source: 'https://github.com/prometheus/node_exporter/releases',
    newest: '1.12.1',
    lines: { '1.12': { newest: '1.12.1' } },
  },
  {
    name: 'kube-state-metrics',
    images: ['kubeStateMetrics'],
    source: 'https://github.com/kubernetes/kube-state-metrics/releases',
    newest: '2.20.0',
    lines: { '2.20': { newest: '2.20.0' } },
  },
  {
    name: 'blackbox_exporter',
    images: ['blackboxExporter'],
    source: 'https://github.com/prometheus/blackbox_exporter/releases',
    newest: '0.28.0',
    lines: { '0.28': { newest: '0.28.0' } },
  },
  {
    name: 'Grafana',
    images: ['grafana'],
    source: 'https://grafana.com/docs/grafana/latest/upgrade-guide/when-to-upgrade/',
    newest: '13.2.3',
    lines: {
      '12.4': { newest: '12.4.10', ends: '2027-05-24', holes: [nvd('CVE-2026-33380', '12.4.4')] },
      '13.2': { newest: '13.2.3', ends: '2027-05-18' },
    },
  },
  {
    name: 'nfs-subdir-external-provisioner',
    images: ['nfsProvisioner'],
    source: 'https://github.com/kubernetes-sigs/nfs-subdir-external-provisioner/releases',
    newest: '4.0.2',
    lines: { 4: { newest: '4.0.2' } },
    note: 'no release since 2023',
  },
];
