import { imagePins } from '../../charts/config';

export type ImageName = keyof typeof imagePins;

/** Programs by their names in texts. */
export const inProse: Readonly<Record<string, ImageName>> = {
  Istio: 'istiod',
  'Seldon Core': 'seldonOperator',
  executor: 'seldonExecutor',
  MLflow: 'mlflow',
  MLServer: 'mlserverMlflow',
  Prefect: 'prefect',
  Kafka: 'kafka',
  Grafana: 'grafana',
  mc: 'minioClient',
  'buildVersion=': 'istiod',
  // The servers of a database, where a test says which.
  Server: 'prefectPostgresql',
};

/** The images of each Helm chart, in the order of its values; the first gives the chart its version. */
const inCharts: Readonly<Record<string, readonly ImageName[]>> = {
  'istio-base': ['istiod'],
  'istio-gateway': ['istioProxy'],
  istiod: ['istiod'],
  kafka: ['kafka'],
  'kube-prometheus': [
    ...(['prometheusOperator', 'prometheusConfigReloader', 'prometheus', 'alertmanager'] as const),
    ...(['nodeExporter', 'kubeStateMetrics', 'blackboxExporter'] as const),
  ],
  minio: ['minio', 'minioClient'],
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
  '60-prefect-agent': ['prefect'],
};

/** The Go modules of programs that tests run, with the folder that builds each. */
export const modules: Readonly<Record<string, { readonly image: ImageName; readonly folder: string }>> = {
  'github.com/prometheus-operator/prometheus-operator': { image: 'prometheusOperator', folder: 'prometheus-operator' },
  'github.com/prometheus/prometheus': { image: 'prometheus', folder: 'prometheus' },
  'github.com/prometheus/alertmanager': { image: 'alertmanager', folder: 'alertmanager' },
  'k8s.io/kube-state-metrics/v2': { image: 'kubeStateMetrics', folder: 'kube-state-metrics' },
  'github.com/seldonio/seldon-core/operator': { image: 'seldonOperator', folder: 'seldon-operator' },
  'github.com/minio/mc': { image: 'minioClient', folder: 'mc' },
};

/** The image of a program by its name in a record, such as `kube-state-metrics`. */
export function imageOf(program: string): ImageName | undefined {
  const name = program
    .replace(/^postgres-/, 'postgresql-')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return (Object.keys(imagePins) as ImageName[]).find((image) => image === name);
}

/** The images of the Helm chart that a file is of. */
export const ofChart = (file: string): readonly ImageName[] => inCharts[file.split('/')[1] ?? ''] ?? [];
