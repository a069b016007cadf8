import type { upstreamImages } from './upstream-images';
import type { imagePins } from './versions';

/** Names of platforms as registries spell them, without the operating system, which is Linux. */
export type Architecture =
  'amd64' | 'arm64' | 'arm' | 'arm/v5' | 'arm/v6' | 'arm/v7' | '386' | 'mips64le' | 'ppc64le' | 's390x';

/** What to know of an image before relying on it. */
export interface ImageFacts {
  /** SPDX identifier of the program that the image is for; what else is in the image has licences of its own. */
  readonly licence: string;
  /** Of the machines that it runs on. `unknown` where no source tells. */
  readonly architectures: readonly Architecture[] | 'unknown';
  /** In a word or two, what to beware of. @default nothing that is known */
  readonly note?: string;
}

type ValuesOf<Table> = Table extends unknown ? Table[keyof Table] : never;
type NameOf<Pin> = Pin extends { readonly repository: infer R extends string; readonly tag: infer T extends string }
  ? `${R}:${T}`
  : never;

/** The pins, and beside them what the original charts name themselves. */
type KnownImage =
  NameOf<ValuesOf<typeof imagePins> | ValuesOf<ValuesOf<typeof upstreamImages>>> | 'library/busybox:1.28';

const image = (licence: string, architectures: ImageFacts['architectures'], note?: string): ImageFacts => ({
  licence,
  architectures,
  ...(note === undefined ? {} : { note }),
});

const apache = (architectures: ImageFacts['architectures'], note?: string): ImageFacts =>
  image('Apache-2.0', architectures, note);

/** An image is amd64 alone where its release is a plain `docker build`. */
const amd64 = ['amd64'] as const;
const amd64AndArm64 = ['amd64', 'arm64'] as const;

// docker-library/official-images, library/postgres at the last commit that names 15.3-bookworm, and 14.3-bullseye.
const postgresql = image('PostgreSQL', [
  ...amd64AndArm64,
  ...(['arm/v5', 'arm/v7', '386', 'mips64le', 'ppc64le', 's390x'] as const),
]);

// docker-buildx.sh and cmd/main.go of minio/minio and minio/mc at these tags. Upkeep: charts/upstream.ts.
const minio = image('AGPL-3.0-or-later', [...amd64AndArm64, 'ppc64le'], 'unmaintained');

// istio/istio 1.17.2, prow/release-commit.sh
const istio = apache(amd64AndArm64);

// SeldonIO/seldon-core v1.16.0, operator/Makefile and those of executor, servers and components; issues 3295 and 4438.
const seldon = apache(amd64);

// SeldonIO/MLServer 1.3.0, .github/workflows/release.yml and LICENSE
const mlserver = apache(amd64);

// prometheus-operator v0.62.0, scripts/push-docker-image.sh
const prometheusOperator = apache([...amd64AndArm64, 'arm', 'ppc64le', 's390x']);

// DOCKER_ARCHS of the Makefile of prometheus v2.41.0, alertmanager v0.25.0 and node_exporter v1.5.0
const prometheus = apache([...amd64AndArm64, 'arm/v7', 'ppc64le', 's390x']);

// Bitnami's images are for arm64 too since February 2023 (bitnami/containers issue 9113): those of kube-prometheus 8.3.2
// are older, as is the last build of PostgreSQL 14.3. Frozen: charts/upstream-images.ts.
const frozen = (licence: string, architectures: readonly Architecture[]): ImageFacts =>
  image(licence, architectures, 'frozen');
const oldBitnami = frozen('Apache-2.0', amd64);

/**
 * What is known of each image, by repository and tag: a new version is to be looked up anew. Architectures are those of
 * the release configuration that a comment names, licences those of the source at that tag, or, for what is not named
 * here (Node.js, PostgreSQL, BusyBox, rclone, MLflow), of the packages of distributions. No registry was asked.
 */
const known: Readonly<Record<KnownImage, ImageFacts>> = {
  'library/postgres:15.3-bookworm': postgresql,
  'library/postgres:14.3-bullseye': postgresql,
  'minio/minio:RELEASE.2024-12-18T13-15-44Z': minio,
  'minio/mc:RELEASE.2024-11-21T17-21-54Z': minio,
  // apache/kafka 3.7.1 and 3.8.0, docker/docker_release.py
  'apache/kafka:3.7.2': apache(amd64AndArm64),
  'mlops-infra/mlflow:2.3.1': apache('unknown'),
  'mlops-infra/drift-detector:0.1.0': image('MIT', 'unknown'),
  'mlops-infra/model-initializer:0.1.0': image('MIT', 'unknown'),
  'grafana/grafana:12.4.3': image('AGPL-3.0-only', 'unknown'),
  'danielqsj/kafka-exporter:v1.9.0': apache('unknown'),
  'prometheuscommunity/postgres-exporter:v0.17.1': apache('unknown'),
  'istio/pilot:1.17.2': istio,
  'istio/proxyv2:1.17.2': istio,
  'seldonio/seldon-core-operator:1.16.0': seldon,
  'seldonio/seldon-core-executor:1.16.0': seldon,
  // Is an rclone (components/rclone-storage-initializer/Dockerfile).
  'seldonio/rclone-storage-initializer:1.16.0': image('MIT', amd64),
  'seldonio/mlflowserver:1.16.0': seldon,
  'seldonio/sklearnserver:1.16.0': seldon,
  'seldonio/xgboostserver:1.16.0': seldon,
  'seldonio/mlserver:1.3.0-mlflow': mlserver,
  'seldonio/mlserver:1.3.0-sklearn': mlserver,
  'seldonio/mlserver:1.3.0-xgboost': mlserver,
  'seldonio/mlserver:1.3.0-huggingface': mlserver,
  // triton-inference-server/server v2.13.0, LICENSE; the image comes under NVIDIA's container licence (build.py).
  'nvidia/tritonserver:21.08-py3': image('BSD-3-Clause', 'unknown', 'NVIDIA terms'),
  // PrefectHQ/prefect 2.10.4, .github/workflows/docker-images.yaml
  'prefecthq/prefect:2.10.4-python3.11-kubernetes': apache(amd64AndArm64),
  'prometheus-operator/prometheus-operator:v0.62.0': prometheusOperator,
  'prometheus-operator/prometheus-config-reloader:v0.62.0': prometheusOperator,
  'prometheus/prometheus:v2.41.0': prometheus,
  'prometheus/alertmanager:v0.25.0': prometheus,
  'prometheus/node-exporter:v1.5.0': prometheus,
  // prometheus/blackbox_exporter v0.23.0, Makefile
  'prometheus/blackbox-exporter:v0.23.0': apache([...amd64AndArm64, 'arm/v7', 'ppc64le']),
  // kubernetes/kube-state-metrics v2.7.0, Makefile
  'kube-state-metrics/kube-state-metrics:v2.7.0': apache([...amd64AndArm64, 'arm', 'ppc64le', 's390x']),
  // kubernetes-sigs/nfs-subdir-external-provisioner v4.0.2, .cloudbuild.sh
  'sig-storage/nfs-subdir-external-provisioner:v4.0.2': apache([...amd64AndArm64, 'arm', 'ppc64le', 's390x']),
  // docker-library/official-images, library/node at the last commit that names this tag
  'library/node:20.20.2-bookworm-slim': image('MIT', [...amd64AndArm64, 'arm/v7', 'ppc64le', 's390x']),
  // The same, library/busybox
  'library/busybox:1.28': image('GPL-2.0-only', [
    ...amd64AndArm64,
    ...(['arm/v5', 'arm/v6', 'arm/v7', '386', 'ppc64le', 's390x'] as const),
  ]),
  'bitnamilegacy/postgresql:15.3.0-debian-11-r7': frozen('PostgreSQL', amd64AndArm64),
  'bitnamilegacy/postgresql:14.3.0': frozen('PostgreSQL', amd64),
  'bitnamilegacy/kafka:3.5.1-debian-11-r61': frozen('Apache-2.0', amd64AndArm64),
  'bitnamilegacy/prometheus-operator:0.62.0-debian-11-r0': oldBitnami,
  'bitnamilegacy/prometheus:2.41.0-debian-11-r5': oldBitnami,
  'bitnamilegacy/alertmanager:0.25.0-debian-11-r4': oldBitnami,
  'bitnamilegacy/node-exporter:1.5.0-debian-11-r9': oldBitnami,
  'bitnamilegacy/kube-state-metrics:2.7.0-debian-11-r9': oldBitnami,
  'bitnamilegacy/blackbox-exporter:0.23.0-debian-11-r10': oldBitnami,
};

/** By `repository:tag`, without a registry; undefined for an image that is neither pinned nor named by a chart. */
export const imageFacts: ReadonlyMap<string, ImageFacts> = new Map(Object.entries(known));
