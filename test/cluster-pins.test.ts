import { imagePins, type ImageName } from '../charts/config';
import { pinOf } from './integration/cluster/tools';

/** Folder in test/integration/cluster/tools, Go module, and the version of the module that is the program's. */
const pins: readonly [ImageName, string, string, (tag: string) => string][] = [
  ['prometheusOperator', 'prometheus-operator', 'github.com/prometheus-operator/prometheus-operator', (tag) => tag],
  // Prometheus 2.x is published as a module of version 0.x.
  ['prometheus', 'prometheus', 'github.com/prometheus/prometheus', (tag) => tag.replace(/^v2\./, 'v0.')],
  ['alertmanager', 'alertmanager', 'github.com/prometheus/alertmanager', (tag) => tag],
  ['kubeStateMetrics', 'kube-state-metrics', 'k8s.io/kube-state-metrics/v2', (tag) => tag],
  ['seldonOperator', 'seldon-operator', 'github.com/seldonio/seldon-core/operator', (tag) => `v${tag}`],
];

test.each(pins)(
  'test:cluster runs the %s of the version that the platform pins',
  (image, folder, module, versionOf) => {
    expect(pinOf(module, folder)).toBe(versionOf(imagePins[image].tag));
  },
);
