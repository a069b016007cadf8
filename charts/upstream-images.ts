import type { ImagePin } from '../lib/images/images';
import type { ChartService } from './source';
import type { ImageName } from './versions';

/** Where the registry of these images went: their authors froze them there in August 2025 (bitnami/containers 83267). */
export const movedRepositories: Readonly<Record<string, string>> = {
  'docker.io/bitnami/': 'docker.io/bitnamilegacy/',
};

const bitnami = <const Name extends string, const Tag extends string>(name: Name, tag: Tag) => ({
  registry: 'docker.io',
  repository: `bitnamilegacy/${name}` as const,
  tag,
});

// The operator starts its config reloader from its own image (kube-prometheus 8.3.2, templates/_helpers.tpl).
const prometheusOperator = bitnami('prometheus-operator', '0.62.0-debian-11-r0');

/**
 * The images that original charts start in place of those in charts/versions.ts, under the same names: the charts of
 * Bitnami are written for the entrypoints, users and folders of Bitnami's images. Tags are those of each values.yaml.
 */
export const upstreamImages = {
  postgresql: { postgresql: bitnami('postgresql', '15.3.0-debian-11-r7') },
  prefect: { prefectPostgresql: bitnami('postgresql', '14.3.0') },
  kafka: { kafka: bitnami('kafka', '3.5.1-debian-11-r61') },
  prometheus: {
    prometheusOperator,
    prometheusConfigReloader: prometheusOperator,
    prometheus: bitnami('prometheus', '2.41.0-debian-11-r5'),
    alertmanager: bitnami('alertmanager', '0.25.0-debian-11-r4'),
    nodeExporter: bitnami('node-exporter', '1.5.0-debian-11-r9'),
    kubeStateMetrics: bitnami('kube-state-metrics', '2.7.0-debian-11-r9'),
    blackboxExporter: bitnami('blackbox-exporter', '0.23.0-debian-11-r10'),
  },
} as const satisfies Partial<Record<ChartService, Partial<Record<ImageName, ImagePin>>>>;
