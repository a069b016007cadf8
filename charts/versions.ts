import { join } from 'node:path';
import type { HelmChartPin } from '../lib/helm/release';
import { projectRoot } from '../lib/project';
import type { ImageBuild, ImagePin } from '../lib/images/images';

/** Keeps repository and tag as types: charts/image-facts.ts must know every one of them. */
const from =
  <const Registry extends string>(registry: Registry) =>
  <const Repository extends string, const Tag extends string>(repository: Repository, tag: Tag) => ({
    registry,
    repository,
    tag,
  });

const docker = from('docker.io');
const quay = from('quay.io');
const kubernetes = from('registry.k8s.io');
const nvidia = from('nvcr.io');

/** Built by the user and published by nobody, so under a name that no stranger can publish. */
const local = <const Repository extends string, const Tag extends string>(
  repository: Repository,
  tag: Tag,
  build: ImageBuild,
) => ({ ...from('localhost')(repository, tag), build });

const istio = '1.17.2';
const seldon = '1.16.0';
const mlserver = '1.3.0';

/** Every image that the platform starts, by the name under which `images.overrides` replaces it. */
export const imagePins = {
  postgresql: docker('library/postgres', '15.3-bookworm'),
  prefectPostgresql: docker('library/postgres', '14.3-bullseye'),
  minio: quay('minio/minio', 'RELEASE.2024-12-18T13-15-44Z'),
  minioClient: quay('minio/mc', 'RELEASE.2024-11-21T17-21-54Z'),
  kafka: docker('apache/kafka', '3.7.2'),
  /** Ours, from programs/mlflow: the image of MLflow's authors has no PostgreSQL driver and no S3 client. */
  mlflow: local('mlops-infra/mlflow', '2.3.1', { folder: 'programs/mlflow', context: 'programs/mlflow' }),
  /** Ours, with the program in drift/. */
  driftDetector: local('mlops-infra/drift-detector', '0.1.0', { folder: 'programs/drift', context: '.' }),
  /** Ours, with a program in drift/: Seldon's own reads no registry. */
  modelInitializer: local('mlops-infra/model-initializer', '0.1.0', {
    folder: 'programs/model-initializer',
    context: '.',
  }),
  istiod: docker('istio/pilot', istio),
  istioProxy: docker('istio/proxyv2', istio),
  seldonOperator: docker('seldonio/seldon-core-operator', seldon),
  seldonExecutor: docker('seldonio/seldon-core-executor', seldon),
  seldonStorageInitializer: docker('seldonio/rclone-storage-initializer', seldon),
  mlflowServer: docker('seldonio/mlflowserver', seldon),
  sklearnServer: docker('seldonio/sklearnserver', seldon),
  xgboostServer: docker('seldonio/xgboostserver', seldon),
  mlserverMlflow: docker('seldonio/mlserver', `${mlserver}-mlflow`),
  mlserverSklearn: docker('seldonio/mlserver', `${mlserver}-sklearn`),
  mlserverXgboost: docker('seldonio/mlserver', `${mlserver}-xgboost`),
  mlserverHuggingface: docker('seldonio/mlserver', `${mlserver}-huggingface`),
  tritonServer: nvidia('nvidia/tritonserver', '21.08-py3'),
  prefect: docker('prefecthq/prefect', '2.10.4-python3.11-kubernetes'),
  prometheusOperator: quay('prometheus-operator/prometheus-operator', 'v0.62.0'),
  prometheusConfigReloader: quay('prometheus-operator/prometheus-config-reloader', 'v0.62.0'),
  prometheus: quay('prometheus/prometheus', 'v2.41.0'),
  alertmanager: quay('prometheus/alertmanager', 'v0.25.0'),
  nodeExporter: quay('prometheus/node-exporter', 'v1.5.0'),
  kubeStateMetrics: kubernetes('kube-state-metrics/kube-state-metrics', 'v2.7.0'),
  blackboxExporter: quay('prometheus/blackbox-exporter', 'v0.23.0'),
  /** AGPL-3.0. */
  grafana: docker('grafana/grafana', '12.4.3'),
  /** Apache-2.0. Tag: danielqsj/kafka_exporter v1.9.0, Makefile. */
  kafkaExporter: docker('danielqsj/kafka-exporter', 'v1.9.0'),
  /** Apache-2.0. Tag: prometheus-community/postgres_exporter v0.17.1, Makefile and .circleci/config.yml. */
  postgresqlExporter: quay('prometheuscommunity/postgres-exporter', 'v0.17.1'),
  nfsProvisioner: kubernetes('sig-storage/nfs-subdir-external-provisioner', 'v4.0.2'),
  /** Runs the credentials Job. */
  node: docker('library/node', '20.20.2-bookworm-slim'),
} as const satisfies Record<string, ImagePin>;

export type ImageName = keyof typeof imagePins;

/** Our own Helm charts: their version is that of this repository. */
const bundled = (name: string): HelmChartPin => ({ name, version: '0.1.0', path: join(projectRoot, 'helm', name) });

export const helmCharts = {
  postgresql: bundled('postgresql'),
  minio: bundled('minio'),
  kafka: bundled('kafka'),
  prefectServer: bundled('prefect-server'),
  kubePrometheus: bundled('kube-prometheus'),
  seldonCoreOperator: bundled('seldon-core-operator'),
  istioBase: bundled('istio-base'),
  istiod: bundled('istiod'),
  istioGateway: bundled('istio-gateway'),
  nfsProvisioner: bundled('nfs-subdir-external-provisioner'),
} as const;
