import { join } from 'node:path';
import { imagePins } from '../../../charts/config';
import { envoyBootstrap, envoyProgram } from './envoy';
import type { Installed } from './installed';
import type { Image } from './pods/pod';
import { build, type ToolSet } from './tools';

const modules = {
  'prometheus-operator': {
    operator: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
    'prometheus-config-reloader': 'github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader',
  },
  prometheus: {
    prometheus: 'github.com/prometheus/prometheus/cmd/prometheus',
    promtool: 'github.com/prometheus/prometheus/cmd/promtool',
  },
  alertmanager: {
    alertmanager: 'github.com/prometheus/alertmanager/cmd/alertmanager',
    amtool: 'github.com/prometheus/alertmanager/cmd/amtool',
  },
  'kube-state-metrics': { 'kube-state-metrics': 'k8s.io/kube-state-metrics/v2' },
  'node-exporter': { node_exporter: 'github.com/prometheus/node_exporter' },
  'blackbox-exporter': { blackbox_exporter: 'github.com/prometheus/blackbox_exporter' },
  'postgres-exporter': {
    postgres_exporter: 'github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter',
  },
  'kafka-exporter': { kafka_exporter: 'github.com/danielqsj/kafka_exporter' },
  'seldon-operator': { manager: 'github.com/seldonio/seldon-core/operator' },
  istio: {
    'pilot-discovery': 'istio.io/istio/pilot/cmd/pilot-discovery',
    'pilot-agent': 'istio.io/istio/pilot/cmd/pilot-agent',
  },
} as const;

const particulars: Readonly<Partial<Record<keyof typeof modules, Pick<ToolSet, 'stamps' | 'tags' | 'lacking'>>>> = {
  // What releases are stamped with: Istio's programs tell each other their version (istio 1.31, pkg/version).
  istio: { stamps: { 'istio.io/istio/pkg/version.buildVersion': imagePins.istiod.tag } },
  // Without the discovery of targets in a dozen clouds, which takes longer to compile than all the rest.
  prometheus: { tags: ['remove_all_sd', 'enable_kubernetes_sd'] },
  // The web page is made before a release, and is not part of the source.
  alertmanager: {
    lacking: { module: 'github.com/prometheus/alertmanager', path: 'ui/app/dist/elm/index.html', content: '' },
  },
};

/** How the programs of a module are built. */
export const toolSet = (module: keyof typeof modules): ToolSet => ({
  module,
  programs: modules[module],
  ...particulars[module],
});

/** The platform's operators and exporters, as far as Go modules have them. */
export const operatorPrograms: readonly ToolSet[] = (Object.keys(modules) as (keyof typeof modules)[]).map(toolSet);

async function built<M extends keyof typeof modules>(module: M, program: keyof (typeof modules)[M]): Promise<string> {
  return join(await build(toolSet(module)), program as string);
}

/** Path of the operator in the pinned version. The module in tools/seldon-operator is older: no newer one is served everywhere. */
export const seldonOperatorVariable = 'MLOPS_SELDON_OPERATOR';

/** An image with one program of a module. */
const image =
  <M extends keyof typeof modules>(
    module: M,
    program: keyof (typeof modules)[M],
    user: number,
    entrypoint: Image['entrypoint'],
  ) =>
  async (): Promise<Image> => ({ entrypoint, program: await built(module, program), user });

/** ENTRYPOINT and USER of each: the Dockerfile at the tag of the version. */
export const images = {
  seldonOperator: async (installed: Pick<Installed, 'find'>): Promise<Image> => ({
    entrypoint: ['/manager'],
    program: process.env[seldonOperatorVariable] || (await built('seldon-operator', 'manager')),
    user: 0,
    files: seldonResources(installed),
  }),
  istiod: image('istio', 'pilot-discovery', 1337, ['/usr/local/bin/pilot-discovery']),
  /** With Envoy's own release in place of Istio's build of it. */
  istioProxy: async (): Promise<Image> => ({
    entrypoint: ['/usr/local/bin/pilot-agent'],
    program: await built('istio', 'pilot-agent'),
    programs: { '/usr/local/bin/envoy': envoyProgram() },
    files: { '/var/lib/istio/envoy/envoy_bootstrap_tmpl.json': await envoyBootstrap() },
    user: 1337,
  }),
  prometheusOperator: image('prometheus-operator', 'operator', 65534, ['/bin/operator']),
  configReloader: image('prometheus-operator', 'prometheus-config-reloader', 65534, [
    '/bin/prometheus-config-reloader',
  ]),
  prometheus: image('prometheus', 'prometheus', 65534, ['/bin/prometheus']),
  promtool: image('prometheus', 'promtool', 65534, ['/bin/promtool']),
  alertmanager: async (): Promise<Image> => ({
    ...(await image('alertmanager', 'alertmanager', 65534, ['/bin/alertmanager'])()),
    programs: { '/bin/amtool': await built('alertmanager', 'amtool') },
  }),
  kubeStateMetrics: image('kube-state-metrics', 'kube-state-metrics', 65534, [
    '/kube-state-metrics',
    '--port=8080',
    '--telemetry-port=8081',
  ]),
  nodeExporter: image('node-exporter', 'node_exporter', 65534, ['/bin/node_exporter']),
  blackboxExporter: image('blackbox-exporter', 'blackbox_exporter', 0, ['/bin/blackbox_exporter']),
  postgresqlExporter: image('postgres-exporter', 'postgres_exporter', 65534, ['/bin/postgres_exporter']),
  kafkaExporter: image('kafka-exporter', 'kafka_exporter', 65534, ['/bin/kafka_exporter']),
};

/**
 * What the image of Seldon's operator brings for `--create-resources`: made when that is released, so no module has it.
 * What exists already is only read, which leaves the webhook (seldon-core 1.16.0, operator/config/webhook,
 * operator/utils/k8s/initializer.go).
 */
function seldonResources(installed: Pick<Installed, 'find'>): Record<string, string> {
  const unmanaged = { matchExpressions: [{ key: 'seldon.io/controller-id', operator: 'DoesNotExist' }] };
  const webhook = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'seldon-validating-webhook-configuration' },
    webhooks: [
      {
        name: 'v1.vseldondeployment.kb.io',
        admissionReviewVersions: ['v1', 'v1beta1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        namespaceSelector: unmanaged,
        objectSelector: unmanaged,
        rules: [
          {
            apiGroups: ['machinelearning.seldon.io'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['seldondeployments'],
          },
        ],
        clientConfig: {
          service: {
            name: 'seldon-webhook-service',
            namespace: 'system',
            path: '/validate-machinelearning-seldon-io-v1-seldondeployment',
          },
        },
      },
    ],
  };
  const files = {
    'validate.yaml': webhook,
    'service.yaml': {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'seldon-webhook-service', namespace: 'system' },
      spec: {
        selector: { 'control-plane': 'seldon-controller-manager' },
        ports: [{ port: 443, targetPort: 'webhook-server' }],
      },
    },
    'configmap.yaml': installed.find('ConfigMap/mlops-seldon/seldon-config'),
    'crd-v1.yaml': installed.find('CustomResourceDefinition/seldondeployments.machinelearning.seldon.io'),
  };
  const entries = Object.entries(files);
  return Object.fromEntries(
    entries.map(([name, content]) => [`/tmp/operator-resources/${name}`, JSON.stringify(content)]),
  );
}
