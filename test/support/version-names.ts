import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imagePins } from '../../charts/config';
import { projectRoot } from '../../lib/project';

export type ImageName = keyof typeof imagePins;

/** Programs that test:loop runs in place of an image's own, and the Go modules that pin them. */
const standIns = {
  standInForSilo: ['silo', 'github.com/minio/minio'],
  standInForMcli: ['mc', 'github.com/minio/mc'],
} as const;

/** What has a version: an image, or what stands for one. */
export type Versioned = ImageName | keyof typeof standIns;

/** The pinned version of it, and where it is pinned. */
export function pinOf(name: Versioned): { readonly version: string; readonly where: string } {
  if (!(name in standIns)) {
    const { tag } = imagePins[name as ImageName];
    return { version: tag, where: `charts/ pins ${name} as ${tag}` };
  }
  const [folder, module] = standIns[name as keyof typeof standIns];
  const file = `test/integration/loop/tools/${folder}/go.mod`;
  const pin = new RegExp(`^\\t${module} (\\S+)`, 'm').exec(readFileSync(join(projectRoot, file), 'utf8'))?.[1] ?? '';
  return { version: dayOf(pin), where: `${file} pins ${module} ${pin}` };
}

/** A module without releases has the time of its commit in its version, as in `v0.0.0-20260212201848-7aac2a2c5b7c`. */
export const dayOf = (version: string): string => version.replace(/^v0\.0\.0-(\d{4})(\d\d)(\d\d)\d+-.*/, '$1-$2-$3');

/** Programs by their names in texts. */
export const inProse: Readonly<Record<string, Versioned>> = {
  Istio: 'istiod',
  'Seldon Core': 'seldonOperator',
  executor: 'seldonExecutor',
  MLflow: 'mlflow',
  MLServer: 'mlserverMlflow',
  Prefect: 'prefect',
  Kafka: 'kafka',
  Grafana: 'grafana',
  Silo: 'minio',
  MinIO: 'standInForSilo',
  mc: 'standInForMcli',
  // The servers of a database, where a test says which.
  Server: 'prefectPostgresql',
};

/** The images of each Helm chart, in the order of its values; the first gives the chart its version. */
const inCharts: Readonly<Record<string, readonly ImageName[]>> = {
  'istio-base': ['istiod'],
  'istio-gateway': ['istioProxy', 'istioProxy'],
  istiod: ['istiod', 'istiod'],
  kafka: ['kafka'],
  'kube-prometheus': [
    ...(['prometheusOperator', 'prometheusConfigReloader', 'prometheus', 'alertmanager'] as const),
    ...(['nodeExporter', 'kubeStateMetrics', 'blackboxExporter'] as const),
  ],
  minio: ['minio'],
  'nfs-subdir-external-provisioner': ['nfsProvisioner'],
  postgresql: ['postgresql'],
  'prefect-server': ['prefect'],
  'seldon-core-operator': ['seldonOperator', 'seldonExecutor'],
};

/** Rows of README's table. */
export const inReadme: Readonly<Record<string, readonly ImageName[]>> = {
  '25-nfs-provisioner': ['nfsProvisioner'],
  '30-istio': ['istiod'],
  '30-prometheus': ['prometheusOperator', 'prometheus', 'alertmanager'],
  '30-seldon': ['seldonOperator'],
  '40-kafka': ['kafka'],
  '40-minio': ['minio'],
  '40-postgresql': ['postgresql'],
  '50-mlflow': ['mlflow'],
  '50-prefect': ['prefect', 'prefectPostgresql'],
  '60-*-exporter': ['kafkaExporter', 'postgresqlExporter'],
  '60-grafana': ['grafana'],
  '60-prefect-worker': ['prefect'],
};

/**
 * The Go modules of programs that tests run, with the folder that builds each. Without Seldon's operator, which the tests
 * run one release older than it is pinned (test/integration/cluster/teardown.ts).
 */
export const modules: Readonly<Record<string, { readonly image: ImageName; readonly folder: string }>> = {
  'github.com/prometheus-operator/prometheus-operator': { image: 'prometheusOperator', folder: 'prometheus-operator' },
  'github.com/prometheus/prometheus': { image: 'prometheus', folder: 'prometheus' },
  'github.com/prometheus/alertmanager': { image: 'alertmanager', folder: 'alertmanager' },
  'k8s.io/kube-state-metrics/v2': { image: 'kubeStateMetrics', folder: 'kube-state-metrics' },
  'github.com/prometheus/node_exporter': { image: 'nodeExporter', folder: 'node-exporter' },
  'github.com/prometheus/blackbox_exporter': { image: 'blackboxExporter', folder: 'blackbox-exporter' },
  'github.com/prometheus-community/postgres_exporter': { image: 'postgresqlExporter', folder: 'postgres-exporter' },
  'github.com/danielqsj/kafka_exporter': { image: 'kafkaExporter', folder: 'kafka-exporter' },
  // Istio's releases are no module versions; those of its API are.
  'istio.io/client-go': { image: 'istiod', folder: 'istio' },
};

/** What a program is pinned as, by its name in a record, such as `kube-state-metrics`. */
export function recordedAs(program: string): Versioned | undefined {
  if (program === 'minio') return 'standInForSilo';
  const name = program
    .replace(/^postgres-/, 'postgresql-')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return (Object.keys(imagePins) as ImageName[]).find((image) => image === name);
}

/** The images of the Helm chart that a file is of. */
export const ofChart = (file: string): readonly ImageName[] => inCharts[file.split('/')[1] ?? ''] ?? [];
