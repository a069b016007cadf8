import { z } from 'zod';
import { duration } from '../../lib/config/primitives';
import { nothingBesideExternal } from '../../lib/config/rules/needs';
import { chartSource } from '../../lib/config/sections/charts';
import { openHttpExposure } from '../../lib/config/sections/exposure';
import { installable } from '../../lib/config/sections/installable';
import { amd64, amd64AndArm64, apache, kubernetes, quay } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { bitnamiImage, movedRepositories, bitnamiUpkeep } from '../bitnami';
import { checks } from './checks';
import { monitoringConnections } from './connections';
import { external } from './external';
import { customResources } from './custom-resources';
import { monitorViolations } from './monitor-check';
import { receivers } from './receivers';
import { externalServers, receiversOnce, scraperKnown } from './rules';

const prometheus = installable({
  /**
   * How browsers reach Prometheus.
   * @default { type: 'cluster' }
   * @example { type: 'nodePort', port: 30090, withoutLogin: true }
   */
  expose: openHttpExposure(30090),
  /**
   * How browsers reach Alertmanager.
   * @default { type: 'cluster' }
   * @example { type: 'nodePort', port: 30903, withoutLogin: true }
   */
  alertmanager: openHttpExposure(30903),
  /**
   * How long samples are kept, as a Prometheus duration.
   * @default '10d'
   * @example '30d'
   */
  retention: duration('10d').default('10d'),
  /**
   * Receivers of alerts. Each one gets the alerts that it selects. Credentials are Secrets of yours, in any namespace.
   * @default [], alerts are visible in Alertmanager only
   * @example [{ name: 'hook', type: 'webhook', url: 'https://hooks.example.org/alerts', severity: 'critical' }]
   */
  receivers,
  /**
   * Uses a Prometheus operator of your own, with its custom resources.
   * @default Prometheus is installed
   */
  external,
});

export type PrometheusConfig = z.output<typeof prometheus>;

const operator = 'v0.94.1'; // quay.io/prometheus-operator/prometheus-operator

// prometheus-operator v0.94.1, scripts/push-docker-image.sh
const knownOfOperator = apache([...amd64AndArm64, 'arm', 'ppc64le', 's390x']);

// DOCKER_ARCHS of the Makefile of prometheus v3.13.5, alertmanager v0.35.0 and node_exporter v1.12.1
const known = apache([...amd64AndArm64, 'arm/v7', 'ppc64le', 's390x']);

/** The images of kube-prometheus 8.3.2 are older than Bitnami's first builds for arm64. */
const kubePrometheusImage = (name: string, tag: string) => bitnamiImage(name, tag, 'Apache-2.0', amd64);

// The operator also starts its config reloader from this image (kube-prometheus 8.3.2, templates/_helpers.tpl).
const originalOperator = kubePrometheusImage('prometheus-operator', '0.62.0-debian-11-r0');

export default declareService({
  name: 'prometheus',
  offered: true,
  config: {
    services: {
      /**
       * Metrics and alerts of the cluster, the services and the models. `false` leaves it out.
       * @default installed
       */
      prometheus,
    },
    charts: {
      /**
       * Chart of Prometheus, Alertmanager, their operator and the exporters.
       * @default the default above
       * @example 'upstream'
       */
      prometheus: chartSource.optional(),
    },
  },
  rules: [
    nothingBesideExternal('prometheus', 'expose', 'alertmanager', 'retention', 'receivers'),
    receiversOnce,
    scraperKnown,
  ],
  // With an external Prometheus, rules and monitors are installed.
  installs: ({ services }: Config) => services.prometheus !== false,
  httpExposures: ['expose', 'alertmanager'],
  externalServers,
  externalApiGroups: ({ services }: Config) =>
    services.prometheus !== false && services.prometheus.external !== undefined ? ['monitoring.coreos.com'] : [],
  sizes: {
    prometheus: {
      laptop: [1, '100m', '1', '400Mi', '1Gi', '5Gi'],
      team: [1, '250m', '2', '1Gi', '4Gi', '50Gi'],
      production: [2, '1', '4', '4Gi', '16Gi', '200Gi'],
    },
    prometheusOperator: {
      laptop: [1, '20m', '200m', '64Mi', '256Mi'],
      team: [1, '50m', '500m', '128Mi', '512Mi'],
      production: [1, '100m', '500m', '256Mi', '512Mi'],
    },
    alertmanager: {
      laptop: [1, '10m', '200m', '32Mi', '128Mi', '1Gi'],
      team: [1, '25m', '200m', '64Mi', '256Mi', '2Gi'],
      production: [3, '50m', '500m', '128Mi', '256Mi', '5Gi'],
    },
    nodeExporter: {
      laptop: [1, '10m', '200m', '24Mi', '128Mi'],
      team: [1, '25m', '250m', '32Mi', '128Mi'],
      production: [1, '50m', '500m', '64Mi', '256Mi'],
      single: 'it runs once on each node',
    },
    kubeStateMetrics: {
      laptop: [1, '10m', '200m', '48Mi', '256Mi'],
      team: [1, '25m', '250m', '128Mi', '512Mi'],
      production: [1, '50m', '500m', '256Mi', '1Gi'],
      single: 'a second replica would count every object twice',
    },
    blackboxExporter: {
      laptop: [1, '10m', '100m', '24Mi', '128Mi'],
      team: [1, '10m', '200m', '32Mi', '128Mi'],
      production: [1, '25m', '200m', '64Mi', '128Mi'],
    },
  },
  images: {
    prometheusOperator: quay('prometheus-operator/prometheus-operator', operator, knownOfOperator),
    prometheusConfigReloader: quay('prometheus-operator/prometheus-config-reloader', operator, knownOfOperator),
    prometheus: quay('prometheus/prometheus', 'v3.13.5', known),
    alertmanager: quay('prometheus/alertmanager', 'v0.35.0', known),
    nodeExporter: quay('prometheus/node-exporter', 'v1.12.1', known),
    // kubernetes/kube-state-metrics v2.20.0, Makefile
    kubeStateMetrics: kubernetes(
      'kube-state-metrics/kube-state-metrics',
      'v2.20.0',
      apache([...amd64AndArm64, 'arm', 'ppc64le', 's390x']),
    ),
    // prometheus/blackbox_exporter v0.28.0, Makefile
    blackboxExporter: quay('prometheus/blackbox-exporter', 'v0.28.0', apache([...amd64AndArm64, 'arm/v7', 'ppc64le'])),
  },
  charts: {
    kubePrometheus: {
      bundled: 'kube-prometheus',
      original: {
        name: 'kube-prometheus',
        version: '8.3.2',
        appVersion: '0.62.0',
        // charts.bitnami.com lists only recent versions. This index of the same repository lists all of them
        // (bitnami/charts issue 10833).
        repository: 'https://raw.githubusercontent.com/bitnami/charts/archive-full-index/bitnami',
        licence: 'Apache-2.0',
        upkeep: bitnamiUpkeep,
      },
    },
  },
  originalCharts: {
    images: {
      prometheusOperator: originalOperator,
      prometheusConfigReloader: originalOperator,
      prometheus: kubePrometheusImage('prometheus', '2.41.0-debian-11-r5'),
      alertmanager: kubePrometheusImage('alertmanager', '0.25.0-debian-11-r4'),
      nodeExporter: kubePrometheusImage('node-exporter', '1.5.0-debian-11-r9'),
      kubeStateMetrics: kubePrometheusImage('kube-state-metrics', '2.7.0-debian-11-r9'),
      blackboxExporter: kubePrometheusImage('blackbox-exporter', '0.23.0-debian-11-r10'),
    },
    movedRepositories,
    podSecurity: 'baseline',
  },
  customResources,
  checks,
  outputRules: [monitorViolations],
  connections: (index, { services }: Config) => monitoringConnections(index, services.prometheus),
  operator: {
    name: 'Prometheus operator',
    version: operator.replace(/^v|\.\d+$/g, ''),
    program: 'prometheus-operator',
    // prometheus-operator v0.94.1, Documentation/getting-started/compatibility.md
    kubernetes: { from: '1.25' },
    instead: 'use it: services: { prometheus: { external: { url: … } } }; or remove it',
  },
  upgrades: [{ section: 'Prometheus 2.41 → 3.13', from: /(^|\/)prometheus\/prometheus:v2\./ }],
});

type Config = { readonly services: { readonly prometheus: PrometheusConfig } };
