import type { helmCharts } from './versions';

/** The name under which the rest of the project knows a chart, whichever source it comes from. */
export type HelmChartId = keyof typeof helmCharts;

/** One version of an original Helm chart, where its authors publish it, and what to know before relying on it. */
export interface UpstreamChartPin {
  /** As in the chart's own Chart.yaml, and so the first half of the archive's file name. */
  readonly name: string;
  readonly version: string;
  /** Version of the program that the chart installs. */
  readonly appVersion: string;
  /** `https://` folder with an index.yaml, or `oci://` registry and path without the chart's name. */
  readonly repository: string;
  /** SPDX identifier of the chart; the program's own in brackets where it is another one. */
  readonly licence: string;
  /** What is known of its upkeep, in a sentence or two for `npm run charts -- list`. */
  readonly upkeep: string;
}

// bitnami/charts issue 35164, bitnami/containers issue 83267
const bitnamiImages =
  'Its images are frozen since August 2025, and have moved from docker.io/bitnami to docker.io/bitnamilegacy.';

const istio = {
  version: '1.17.2',
  appVersion: '1.17.2',
  // istio/istio 1.17.2, manifests/charts/*/README.md
  repository: 'https://istio-release.storage.googleapis.com/charts',
  licence: 'Apache-2.0',
  // endoflife-date/endoflife.date, products/istio.md
  upkeep: 'End of life since October 2023; 1.17.8 was the last patch; made for Kubernetes 1.23 to 1.26.',
} as const;

/**
 * The original charts. Names, versions and application versions are those of the tagged Chart.yaml of each; where the
 * authors fill them in only when they publish, of the index of their repository.
 */
export const upstreamCharts: Readonly<Record<HelmChartId, UpstreamChartPin>> = {
  postgresql: {
    name: 'postgresql',
    version: '12.5.6',
    appVersion: '15.3.0',
    repository: 'oci://registry-1.docker.io/bitnamicharts', // bitnami/charts postgresql/12.5.6, README.md
    licence: 'Apache-2.0 (PostgreSQL)',
    upkeep: bitnamiImages,
  },
  minio: {
    name: 'minio',
    version: '5.4.0',
    appVersion: 'RELEASE.2024-12-18T13-15-44Z',
    repository: 'https://charts.min.io', // minio/minio, helm/minio/README.md
    licence: 'AGPL-3.0',
    upkeep: 'Repository no longer maintained since February 2026; no images since October 2025.',
  },
  kafka: {
    name: 'kafka',
    version: '25.1.12',
    appVersion: '3.5.1',
    repository: 'oci://registry-1.docker.io/bitnamicharts', // bitnami/charts kafka/25.1.12, README.md
    licence: 'Apache-2.0',
    upkeep: bitnamiImages,
  },
  prefectServer: {
    name: 'prefect-server',
    version: '2023.04.13',
    appVersion: '2.10.4',
    repository: 'https://prefecthq.github.io/prefect-helm', // PrefectHQ/prefect-helm 2023.04.13, README.md
    licence: 'Apache-2.0',
    upkeep: `The chart is maintained, this version of 2023 is not. Brings bitnami/postgresql 12.2.6. ${bitnamiImages}`,
  },
  kubePrometheus: {
    name: 'kube-prometheus',
    version: '8.3.2',
    appVersion: '0.62.0',
    // charts.bitnami.com lists the last months only; this is the same repository with every version in its index
    // (bitnami/charts issue 10833).
    repository: 'https://raw.githubusercontent.com/bitnami/charts/archive-full-index/bitnami',
    licence: 'Apache-2.0',
    upkeep: bitnamiImages,
  },
  seldonCoreOperator: {
    name: 'seldon-core-operator',
    version: '1.16.0',
    appVersion: '1.16.0',
    repository: 'https://storage.googleapis.com/seldon-charts', // SeldonIO/seldon-core v1.16.0, doc/source/install
    licence: 'Apache-2.0',
    upkeep: 'Licensed Apache-2.0 up to this generation: since January 2024 the repository is under BSL 1.1.',
  },
  istioBase: { name: 'base', ...istio },
  istiod: { name: 'istiod', ...istio },
  istioGateway: { name: 'gateway', ...istio },
  nfsProvisioner: {
    name: 'nfs-subdir-external-provisioner',
    version: '4.0.18',
    appVersion: '4.0.2',
    // kubernetes-sigs/nfs-subdir-external-provisioner 4.0.18, charts/nfs-subdir-external-provisioner/README.md
    repository: 'https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner',
    licence: 'Apache-2.0',
    upkeep: 'The newest chart, of March 2023; no change to its repository since February 2024.',
  },
};
